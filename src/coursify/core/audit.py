"""The audit log: who changed what, in the same transaction as the change. Insert only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from coursify.core import queries
from coursify.core.database import Connection


async def record(
    db: Connection,
    *,
    actor_id: UUID | None,
    action: str,
    target_type: str,
    target_id: UUID,
    details: dict[str, Any] | None = None,
) -> None:
    """Write one line: `action` is `thing.verb`; `details` hold ids, states and amounts, never personal data."""
    await queries.insert_audit(
        db,
        actor_id=actor_id,
        action=action,
        target_type=target_type,
        target_id=target_id,
        details=Jsonb(details or {}),
        request_id=structlog.contextvars.get_contextvars().get("request_id"),
    )
