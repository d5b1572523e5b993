"""Something needs a person: it goes on the work list, in the transaction of the fact itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.logging import log
from coursify.modules.attention import queries
from coursify.modules.attention.models import Kind


async def flag(
    db: Connection,
    *,
    kind: Kind,
    object_type: str,
    object_id: UUID | str,
    why: str,
    unless_dismissed: bool = False,
    now: datetime,
) -> None:
    """Open an item for this object, or renew the open one. `why` is one sentence without personal data.

    With `unless_dismissed`, for what is noticed again and again: not where a person dismissed the same sentence.
    """
    if unless_dismissed and await queries.was_dismissed(
        db, kind=kind, object_type=object_type, object_id=str(object_id), why=why
    ):
        return
    log.warning("needs attention", kind=kind, object_type=object_type, object_id=str(object_id), why=why)
    await queries.upsert_item(db, kind=kind, object_type=object_type, object_id=str(object_id), why=why, now=now)
