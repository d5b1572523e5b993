"""When each part of the backups last succeeded, how far the stored write-ahead log is behind, and counts to compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional, fetch_value

Operation = Literal["full", "incremental", "wal", "media", "verify", "prune"]


@dataclass(frozen=True, slots=True)
class BackupState:
    """`problem`: why the last run failed; None when it succeeded."""

    operation: Operation
    succeeded_at: datetime | None
    failed_at: datetime | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class SlotLag:
    """`wal_status` is `lost` when the server has deleted what the slot still needed."""

    is_active: bool
    wal_status: str | None
    lag_bytes: int


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a backup needs to know of the server and its database; `segment_bytes` of the write-ahead log."""

    version: str
    system_id: str
    timeline: int
    summarizes_wal: bool
    database: str
    size_bytes: int
    segment_bytes: int


@dataclass(frozen=True, slots=True)
class RowCount:
    table_name: str
    rows: int


async def list_backup_states(db: Connection) -> list[BackupState]:
    return await fetch_all(
        db, BackupState, "SELECT operation, succeeded_at, failed_at, problem FROM backup_states ORDER BY operation"
    )


async def record_success(db: Connection, *, operation: Operation, now: datetime) -> int:
    return await execute(
        db,
        """
        INSERT INTO backup_states (operation, succeeded_at) VALUES (%(operation)s, %(now)s)
        ON CONFLICT (operation) DO UPDATE SET succeeded_at = excluded.succeeded_at, problem = NULL
        """,
        operation=operation,
        now=now,
    )


async def record_failure(db: Connection, *, operation: Operation, problem: str, now: datetime) -> int:
    return await execute(
        db,
        """
        INSERT INTO backup_states (operation, failed_at, problem) VALUES (%(operation)s, %(now)s, %(problem)s)
        ON CONFLICT (operation) DO UPDATE SET failed_at = excluded.failed_at, problem = excluded.problem
        """,
        operation=operation,
        problem=problem,
        now=now,
    )


async def find_slot_lag(db: Connection, *, slot: str) -> SlotLag | None:
    """How much of the write-ahead log the slot's receiver has not confirmed; None without such a slot."""
    return await fetch_optional(
        db,
        SlotLag,
        """
        SELECT coalesce(active, false) AS is_active, wal_status,
               greatest(coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0), 0)::bigint AS lag_bytes
        FROM pg_replication_slots WHERE slot_name = %(slot)s::name
        """,
        slot=slot,
    )


async def get_server_facts(db: Connection) -> ServerFacts:
    return await fetch_one(
        db,
        ServerFacts,
        """
        SELECT current_setting('server_version') AS version, system_identifier::text AS system_id,
               timeline_id AS timeline, current_setting('summarize_wal')::boolean AS summarizes_wal,
               current_database()::text AS database,
               (SELECT coalesce(sum(pg_database_size(oid)), 0) FROM pg_database WHERE datallowconn)::bigint
                   AS size_bytes,
               pg_size_bytes(current_setting('wal_segment_size')) AS segment_bytes
        FROM pg_control_system(), pg_control_checkpoint()
        """,
    )


async def get_revision(db: Connection) -> str:
    return await fetch_value(db, str, "SELECT version_num::text FROM alembic_version")


async def count_rows(db: Connection) -> list[RowCount]:
    """The tables that a restored database is compared by."""
    return await fetch_all(
        db,
        RowCount,
        """
        SELECT 'users' AS table_name, count(*) AS rows FROM users
        UNION ALL SELECT 'courses', count(*) FROM courses
        UNION ALL SELECT 'enrollments', count(*) FROM enrollments
        UNION ALL SELECT 'access_grants', count(*) FROM access_grants
        UNION ALL SELECT 'orders', count(*) FROM orders
        UNION ALL SELECT 'order_lines', count(*) FROM order_lines
        UNION ALL SELECT 'payments', count(*) FROM payments
        UNION ALL SELECT 'payment_status_history', count(*) FROM payment_status_history
        UNION ALL SELECT 'refunds', count(*) FROM refunds
        UNION ALL SELECT 'ledger_transactions', count(*) FROM ledger_transactions
        UNION ALL SELECT 'ledger_entries', count(*) FROM ledger_entries
        UNION ALL SELECT 'certificates', count(*) FROM certificates
        UNION ALL SELECT 'audit_log', count(*) FROM audit_log
        UNION ALL SELECT 'tombstones', count(*) FROM tombstones
        """,
    )
