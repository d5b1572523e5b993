"""Computes the rollups of some time from the facts."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection
from coursify.modules.analytics.periods import (
    DAY,
    HOUR,
    QUARTER,
    WIDTHS,
    Grain,
    floor,
    month_after,
    month_of,
    quarters_begin,
)
from coursify.modules.analytics.queries import activity, cohorts, revenue


async def recompute_days(
    db: Connection, *, since: datetime, until: datetime, now: datetime, from_nothing: bool = False
) -> None:
    """Compute each period that begins before `until` (midnight, UTC) and contains `since` or begins later.

    With `from_nothing` the stored periods are deleted first; then `since` is midnight, UTC, too. The caller has the
    lock of the rollups.
    """
    if from_nothing:
        await activity.delete_activity(db, since=since, until=until)
        await revenue.delete_revenue(db, since=since, until=until)
    for grain, begin in _begins(since, now):
        width = WIDTHS[grain]
        await activity.upsert_activity(db, grain=grain, width=width, since=begin, until=until)
        await revenue.upsert_revenue(db, grain=grain, width=width, since=begin, until=until)
    day = floor(since, DAY)
    await activity.upsert_views(db, since=day, until=until)
    await activity.upsert_learners(db, since=day, until=until)
    await activity.upsert_lessons(db, since=day, until=until)
    months_until = month_after(until - DAY)
    await activity.upsert_activity_months(db, since=month_of(since), until=months_until)
    await revenue.upsert_revenue_months(db, since=month_of(since), until=months_until)


async def recompute_cohorts(db: Connection, *, since: datetime, until: datetime, from_nothing: bool = False) -> None:
    """Compute the activity of all cohorts in the months from the one of `since` to the one before `until`."""
    since, until = month_of(since), month_after(until - DAY)
    if from_nothing:
        await cohorts.delete_cohorts(db, since=since, until=until)
    await cohorts.upsert_cohorts(db, since=since, until=until)


def _begins(since: datetime, now: datetime) -> list[tuple[Grain, datetime]]:
    """The begin of the first period of each grain; quarter-hours are stored for some weeks only."""
    return [
        ("quarter", max(floor(since, QUARTER), quarters_begin(now))),
        ("hour", floor(since, HOUR)),
        ("day", floor(since, DAY)),
    ]
