"""Computes the cohorts of this month, and of the last one while its end may still change."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.modules.analytics.periods import DAY
from coursify.modules.analytics.queries import progress
from coursify.modules.analytics.services.recompute_days import recompute_cohorts


async def refresh_cohorts(database: Database) -> None:
    """Does nothing while another process writes rollups."""
    async with database.transaction() as (db, now):
        if await progress.try_lock_rollups(db):
            await recompute_cohorts(db, since=now - DAY, until=now + DAY)
