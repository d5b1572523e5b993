"""An event is handled once more, from the beginning."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit, jobs
from coursify.core.database import Connection
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.webhooks import queries
from coursify.modules.webhooks.errors import EventNotFound, EventNotReplayable
from coursify.modules.webhooks.models import StoredEvent
from coursify.modules.webhooks.services.store_events import HANDLE, PROVIDER


async def replay_event(db: Connection, *, event_key: UUID, replayed_by: UUID, now: datetime) -> StoredEvent:
    """Harmless for one that was applied: the fact is fetched again and found unchanged.

    Raises EventNotFound, EventNotReplayable.
    """
    event = await queries.lock_event(db, event_key)
    if event is None:
        raise EventNotFound
    if event.provider != PROVIDER:
        raise EventNotReplayable
    replayed = await queries.reset_event(db, event_key)
    await jobs.defer(db, HANDLE, event_key=event_key)
    await resolve(
        db,
        kind="event_failed",
        object_type="event",
        object_id=event_key,
        resolution="replay",
        resolved_by=replayed_by,
        now=now,
    )
    await audit.record(db, actor_id=replayed_by, action="event.replay", target_type="event", target_id=event_key)
    return replayed
