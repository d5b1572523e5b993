"""The personal data in core, for exports."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, Records, fetch_records


async def list_emails(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT message_key, kind, state, created_at, settled_at
        FROM email_deliveries WHERE user_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )


async def list_audit(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT action, target_type, target_id, details, at FROM audit_log WHERE actor_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )
