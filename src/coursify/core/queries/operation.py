"""What keeps the system accountable and alive: the audit log, and whether the database is there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from coursify.core.database import Connection, execute, fetch_value, find_value


async def insert_audit(
    db: Connection,
    *,
    actor_id: UUID | None,
    action: str,
    target_type: str,
    target_id: UUID,
    details: Jsonb,
    request_id: str | None,
) -> int:
    return await execute(
        db,
        """
        INSERT INTO audit_log (actor_id, action, target_type, target_id, details, request_id)
        VALUES (%(actor_id)s, %(action)s, %(target_type)s, %(target_id)s, %(details)s, %(request_id)s)
        """,
        actor_id=actor_id,
        action=action,
        target_type=target_type,
        target_id=target_id,
        details=details,
        request_id=request_id,
    )


async def make_id(db: Connection) -> UUID:
    """A new UUIDv7, for a row whose id must be known before it is written; all others take it by default."""
    return await fetch_value(db, UUID, "SELECT uuidv7()")


async def ping(db: Connection) -> int:
    return await fetch_value(db, int, "SELECT 1")


async def find_schema_revision(db: Connection) -> str | None:
    return await find_value(db, str, "SELECT version_num FROM alembic_version")


async def retry_job(db: Connection, job_id: int, *, now: datetime) -> int:
    """Start a job that gave up again; once, because its attempts are used up. 0 when it is not failed."""
    return await execute(
        db,
        """
        SELECT procrastinate_retry_job_v2(id, %(now)s, NULL, NULL, NULL) FROM procrastinate_jobs
        WHERE id = %(job_id)s AND status = 'failed'
        """,
        job_id=job_id,
        now=now,
    )
