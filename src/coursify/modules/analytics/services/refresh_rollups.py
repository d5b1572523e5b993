"""Brings the rollups up to the newest facts."""

from __future__ import annotations

from datetime import datetime, timedelta

from coursify.core.database import Connection, Database
from coursify.core.deadline import Deadline
from coursify.modules.analytics.periods import DAY, EPOCH, floor, month_after, month_of
from coursify.modules.analytics.queries import progress
from coursify.modules.analytics.services.recompute_days import recompute_cohorts, recompute_days

# A completion is stored with a time that was read before its transaction, and the clocks of sessions are read apart.
MARGIN = timedelta(minutes=15)
# What is computed in one transaction; a longer time makes PostgreSQL read whole tables.
CHUNK = DAY


async def refresh_rollups(database: Database, *, deadline: Deadline) -> None:
    """Compute what may have changed since the last refresh; after a long pause, a day in each transaction.

    Does nothing while another process writes rollups.
    """
    while not deadline.has_passed:
        async with database.transaction() as (db, now):
            if not await progress.try_lock_rollups(db):
                return
            reached = await _refresh_chunk(db, now, offset=database.offset())
            if reached is None:
                await progress.count_current_totals(db)
                return


async def _refresh_chunk(db: Connection, now: datetime, *, offset: timedelta) -> datetime | None:
    """The end of the chunk, or None when it is up to now."""
    frontier = min(await progress.find_frontier(db) + offset, now)
    refreshed = await progress.find_refreshed_until(db) or await progress.find_first_fact(db) or now
    # A clock that was set back leaves a time in the future.
    refreshed = max(min(refreshed, now), EPOCH)
    since = max(refreshed - MARGIN, EPOCH)
    tomorrow = floor(now, DAY) + DAY
    until = min(floor(refreshed, DAY) + CHUNK, tomorrow)
    await recompute_days(db, since=since, until=until, now=now)
    if month_of(since) < month_of(until - DAY):
        await recompute_cohorts(db, since=since, until=month_after(since))
    await progress.note_refreshed_until(db, refreshed_until=min(until, frontier))
    return until if until < tomorrow else None
