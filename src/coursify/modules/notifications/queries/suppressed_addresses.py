"""Addresses that bounced or complained, as keyed hashes."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection, execute, fetch_value
from coursify.modules.notifications.models import SuppressionReason


async def upsert_suppression(db: Connection, address_hash: bytes, *, reason: SuppressionReason, now: datetime) -> int:
    """A complaint stays a complaint when the address bounces later."""
    return await execute(
        db,
        """
        INSERT INTO suppressed_addresses AS known (address_hash, reason, suppressed_at)
        VALUES (%(address_hash)s, %(reason)s, %(now)s)
        ON CONFLICT (address_hash) DO UPDATE SET
            reason = CASE WHEN known.reason = 'complaint' THEN known.reason ELSE EXCLUDED.reason END,
            suppressed_at = EXCLUDED.suppressed_at
        """,
        address_hash=address_hash,
        reason=reason,
        now=now,
    )


async def is_suppressed(db: Connection, address_hash: bytes) -> bool:
    return await fetch_value(
        db,
        bool,
        "SELECT EXISTS (SELECT FROM suppressed_addresses WHERE address_hash = %(address_hash)s)",
        address_hash=address_hash,
    )


async def delete_bounce(db: Connection, address_hash: bytes) -> int:
    return await execute(
        db,
        "DELETE FROM suppressed_addresses WHERE address_hash = %(address_hash)s AND reason = 'bounce'",
        address_hash=address_hash,
    )


async def delete_old_bounces(db: Connection, *, before: datetime) -> int:
    return await execute(
        db,
        "DELETE FROM suppressed_addresses WHERE reason = 'bounce' AND suppressed_at < %(before)s",
        before=before,
    )
