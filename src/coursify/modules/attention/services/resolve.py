"""An item of the work list is done: the facts say so, or a person does."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.attention import queries
from coursify.modules.attention.models import Kind


async def resolve(
    db: Connection,
    *,
    kind: Kind,
    object_type: str,
    object_id: UUID | str,
    resolution: str,
    now: datetime,
    resolved_by: UUID | None = None,
    note: str | None = None,
) -> bool:
    """Close the open item of this object; False when there is none. `resolved_by` is None when the facts closed it."""
    closed = await queries.resolve_item(
        db,
        kind=kind,
        object_type=object_type,
        object_id=str(object_id),
        resolution=resolution,
        resolved_by=resolved_by,
        note=note,
        now=now,
    )
    return closed > 0
