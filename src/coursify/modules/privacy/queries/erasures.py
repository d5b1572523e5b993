"""The SQL of erasures, their steps and tombstones."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional, fetch_values
from coursify.modules.privacy.models import Erasure, Tombstone

_ERASURE = "id, user_id, requested_by, receipt_address, payments_before, requested_at, completed_at"


async def insert_erasure(
    db: Connection, *, erasure_id: UUID, user_id: UUID, requested_by: UUID, receipt_address: bytes | None, now: datetime
) -> Erasure:
    return await fetch_one(
        db,
        Erasure,
        f"""
        INSERT INTO erasure_requests (id, user_id, requested_by, receipt_address, payments_before, requested_at)
        SELECT %(erasure_id)s, %(user_id)s, %(requested_by)s, %(receipt_address)s, count(*), %(now)s
        FROM payments WHERE user_id = %(user_id)s
        RETURNING {_ERASURE}
        """,
        erasure_id=erasure_id,
        user_id=user_id,
        requested_by=requested_by,
        receipt_address=receipt_address,
        now=now,
    )


async def find_erasure_of(db: Connection, user_id: UUID) -> Erasure | None:
    return await fetch_optional(
        db, Erasure, f"SELECT {_ERASURE} FROM erasure_requests WHERE user_id = %(user_id)s", user_id=user_id
    )


async def find_erasure(db: Connection, erasure_id: UUID) -> Erasure | None:
    return await fetch_optional(
        db, Erasure, f"SELECT {_ERASURE} FROM erasure_requests WHERE id = %(erasure_id)s", erasure_id=erasure_id
    )


async def lock_erasure(db: Connection, erasure_id: UUID) -> Erasure | None:
    return await fetch_optional(
        db,
        Erasure,
        f"SELECT {_ERASURE} FROM erasure_requests WHERE id = %(erasure_id)s FOR NO KEY UPDATE",
        erasure_id=erasure_id,
    )


async def list_done_steps(db: Connection, erasure_id: UUID) -> list[str]:
    return await fetch_values(
        db, str, "SELECT step FROM erasure_steps WHERE request_id = %(erasure_id)s", erasure_id=erasure_id
    )


async def insert_done_step(db: Connection, erasure_id: UUID, *, step: str, now: datetime) -> int:
    return await execute(
        db,
        """
        INSERT INTO erasure_steps (request_id, step, done_at) VALUES (%(erasure_id)s, %(step)s, %(now)s)
        ON CONFLICT DO NOTHING
        """,
        erasure_id=erasure_id,
        step=step,
        now=now,
    )


async def mark_erasure_completed(db: Connection, erasure_id: UUID, *, now: datetime) -> int:
    return await execute(
        db,
        "UPDATE erasure_requests SET completed_at = %(now)s WHERE id = %(erasure_id)s AND completed_at IS NULL",
        erasure_id=erasure_id,
        now=now,
    )


async def list_erasures_with_sent_receipt(db: Connection) -> list[Erasure]:
    """Erasures that still have an address and whose receipt was sent or will never be sent."""
    return await fetch_all(
        db,
        Erasure,
        f"""
        SELECT {_ERASURE} FROM erasure_requests
        WHERE receipt_address IS NOT NULL
          AND EXISTS (SELECT FROM email_deliveries
                      WHERE message_key = 'erasure_receipt:' || erasure_requests.id
                        AND state NOT IN ('queued', 'sending'))
        ORDER BY id LIMIT 100
        """,
    )


async def delete_receipt_address(db: Connection, erasure_id: UUID) -> int:
    return await execute(
        db, "UPDATE erasure_requests SET receipt_address = NULL WHERE id = %(erasure_id)s", erasure_id=erasure_id
    )


async def insert_tombstone(db: Connection, user_id: UUID, *, now: datetime) -> int:
    return await execute(
        db,
        """
        INSERT INTO tombstones (user_id, erased_at) VALUES (%(user_id)s, %(now)s) ON CONFLICT DO NOTHING
        """,
        user_id=user_id,
        now=now,
    )


async def list_tombstones(db: Connection) -> list[Tombstone]:
    return await fetch_all(db, Tombstone, "SELECT user_id, erased_at FROM tombstones ORDER BY user_id")
