"""Computes every rollup from nothing but the facts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from coursify.core.database import Database, Transaction
from coursify.modules.analytics.periods import DAY, EPOCH, floor, month_after, month_of
from coursify.modules.analytics.queries import progress
from coursify.modules.analytics.services.recompute_days import recompute_cohorts, recompute_days
from coursify.modules.analytics.services.refresh_rollups import CHUNK

LOCK_PAUSE_SECONDS = 0.2
Progress = Callable[[datetime], None]


async def rebuild_rollups(database: Database, *, progress_to: Progress = lambda _reached: None) -> None:
    """Day by day, each in one transaction, so that readers see old or new figures and never a gap."""
    async with database.transaction() as (db, now):
        first = await progress.find_first_fact(db) or now
    since, end = max(floor(first, DAY), EPOCH), floor(now, DAY) + DAY
    await _rebuild_cohorts(database, since=since, until=end)
    while since < end:
        until = min(since + CHUNK, end)
        async with _locked(database) as (db, now):
            await recompute_days(db, since=since, until=until, now=now, from_nothing=True)
            await progress.count_current_totals(db)
        progress_to(until)
        since = until


async def _rebuild_cohorts(database: Database, *, since: datetime, until: datetime) -> None:
    """Month by month."""
    month = month_of(since)
    while month < until:
        following = month_after(month)
        async with _locked(database) as (db, _now):
            await recompute_cohorts(db, since=month, until=following, from_nothing=True)
        month = following


@asynccontextmanager
async def _locked(database: Database) -> AsyncIterator[Transaction]:
    """A transaction with the lock of the rollups; waits between transactions, not in one."""
    while True:
        async with database.transaction() as transaction:
            if await progress.try_lock_rollups(transaction.db):
                yield transaction
                return
        await asyncio.sleep(LOCK_PAUSE_SECONDS)
