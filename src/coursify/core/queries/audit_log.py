"""The audit log."""

from __future__ import annotations

from uuid import UUID

from psycopg.types.json import Jsonb

from coursify.core.database import Connection, execute


async def insert_entry(
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
