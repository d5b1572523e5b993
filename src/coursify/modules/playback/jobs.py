"""The periodic job of playback."""

from __future__ import annotations

from coursify.core.deadline import Deadline
from coursify.core.jobs import CLOCK_SECONDS
from coursify.core.resources import CoreResources
from coursify.modules.playback.models import RETENTION
from coursify.modules.playback.queries import playback_sessions

BATCH = 1_000


async def purge_expired(resources: CoreResources) -> None:
    """Delete sessions 30 days after their expiry, one batch a transaction."""
    deadline, deleted = Deadline.within(CLOCK_SECONDS), BATCH
    while deleted == BATCH and not deadline.has_passed:
        async with resources.database.transaction() as (db, now):
            deleted = await playback_sessions.delete_old_sessions(db, before=now - RETENTION, limit=BATCH)
