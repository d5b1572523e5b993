"""The audit log: who changed what, written in the transaction of the change. Append-only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from coursify.core.database import Connection
from coursify.core.queries import audit_log


async def record(
    db: Connection,
    *,
    actor_id: UUID | None,
    action: str,
    target_type: str,
    target_id: UUID,
    details: dict[str, Any] | None = None,
) -> None:
    """Write one entry. `action` is `thing.verb`; `details` has ids, states and amounts, never personal data."""
    await audit_log.insert_entry(
        db,
        actor_id=actor_id,
        action=action,
        target_type=target_type,
        target_id=target_id,
        details=Jsonb(details or {}),
        request_id=structlog.contextvars.get_contextvars().get("request_id"),
    )
