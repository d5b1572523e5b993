"""Computes the last days once more, and deletes the quarter-hours that are no longer read."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.modules.analytics.periods import DAY, EPOCH, HOUR, floor, quarters_begin
from coursify.modules.analytics.queries import activity, progress
from coursify.modules.analytics.services.recompute_days import recompute_days

# Views that a process could not store for hours keep their day.
DAYS_AGAIN = 3


async def tidy_rollups(database: Database) -> None:
    """Does nothing while another process writes rollups."""
    async with database.transaction() as (db, now):
        if await progress.try_lock_rollups(db):
            today = floor(now, DAY)
            await recompute_days(db, since=max(today - DAYS_AGAIN * DAY, EPOCH), until=today + DAY, now=now)
            await activity.delete_old_quarters(db, before=quarters_begin(now) - HOUR)
