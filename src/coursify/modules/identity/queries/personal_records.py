"""What identity has of a person, as exported."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, Records, fetch_records


async def list_pending_addresses(db: Connection, user_id: UUID) -> Records:
    """Email addresses that were requested and not confirmed, while their link is stored."""
    return await fetch_records(
        db,
        """
        SELECT new_email AS address, created_at, expires_at, used_at, invalidated_at
        FROM one_time_tokens WHERE user_id = %(user_id)s AND new_email IS NOT NULL ORDER BY id
        """,
        user_id=user_id,
    )


async def list_sessions(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT id, created_at, authenticated_at, last_used_at, expires_at, revoked_at, revoked_reason, user_agent
        FROM sessions WHERE user_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )


async def list_second_factor(db: Connection, user_id: UUID) -> Records:
    """When it was set up. The secret is not exported."""
    return await fetch_records(
        db, "SELECT created_at, confirmed_at FROM second_factors WHERE user_id = %(user_id)s", user_id=user_id
    )


async def list_security_events(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        "SELECT kind, created_at FROM security_events WHERE user_id = %(user_id)s ORDER BY id",
        user_id=user_id,
    )
