"""Computes the rollups of some time from the facts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

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
    months = {"since": month_of(since), "until": month_after(until - DAY)}
    changed: set[UUID] = set()
    if from_nothing:
        changed.update(await activity.delete_activity(db, since=since, until=until))
        changed.update(await revenue.delete_revenue(db, since=since, until=until))
        await activity.delete_months(db, list(changed), **months)
    changed |= await _compute(db, since=since, until=until, now=now)
    await activity.upsert_activity_months(db, list(changed), **months)
    await revenue.upsert_revenue_months(db, list(changed), **months)


async def recompute_cohorts(db: Connection, *, since: datetime, until: datetime, from_nothing: bool = False) -> None:
    """Compute the activity of all cohorts in the months from the one of `since` to the one before `until`."""
    since, until = month_of(since), month_after(until - DAY)
    if from_nothing:
        await cohorts.delete_cohorts(db, since=since, until=until)
    await cohorts.upsert_cohorts(db, since=since, until=until)


async def _compute(db: Connection, *, since: datetime, until: datetime, now: datetime) -> set[UUID]:
    """Quarter-hours, hours and days; the scopes whose rows changed."""
    changed: set[UUID] = set()
    for grain, begin in _begins(since, now):
        if begin >= until:
            continue
        width = WIDTHS[grain]
        changed.update(await activity.upsert_activity(db, grain=grain, width=width, since=begin, until=until))
        changed.update(await revenue.upsert_revenue(db, grain=grain, width=width, since=begin, until=until))
    day = floor(since, DAY)
    changed.update(await activity.upsert_views(db, since=day, until=until))
    changed.update(await activity.upsert_learners(db, since=day, until=until))
    changed.update(await activity.upsert_lessons(db, since=day, until=until))
    return changed


def _begins(since: datetime, now: datetime) -> list[tuple[Grain, datetime]]:
    """The begin of the first period of each grain; quarter-hours are stored for some weeks only."""
    return [
        ("quarter", max(floor(since, QUARTER), quarters_begin(now))),
        ("hour", floor(since, HOUR)),
        ("day", floor(since, DAY)),
    ]
