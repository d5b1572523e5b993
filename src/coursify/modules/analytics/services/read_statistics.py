"""Reads the statistics of a scope from the rollups, in a fixed number of statements."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.analytics.models import (
    Activity,
    DailyActivity,
    PeriodRevenue,
    PopularBy,
    RankedCourse,
    Statistics,
    Summary,
)
from coursify.modules.analytics.periods import ALL_TIME, DAY, EPOCH, Span, month_after, month_of
from coursify.modules.analytics.queries import cohorts, progress, rankings, series, totals
from coursify.modules.analytics.services.summarize_scopes import summarize_scopes

POPULAR_COURSES = 10
COHORT_MONTHS = 12
Periods = list[tuple[Activity, DailyActivity, list[PeriodRevenue]]]


async def read_statistics(
    db: Connection,
    scope_id: UUID,
    *,
    span: Span,
    now: datetime,
    popular_by: PopularBy | None = None,
    popular_currency: str = "",
    instructor_id: UUID | None = None,
    with_lessons: bool = False,
) -> Statistics:
    """With `popular_by`, the most popular courses of the span's days, all or those of `instructor_id`."""
    current = await progress.get_current_totals(db)
    summaries = await summarize_scopes(db, [scope_id], days=ALL_TIME)
    until = month_after(span.day_edges[-1] - DAY)
    since = max(month_of(until - COHORT_MONTHS * timedelta(days=30)), EPOCH)
    popular = []
    if popular_by:
        popular = await _list_popular(
            db, by=popular_by, currency=popular_currency, instructor_id=instructor_id, span=span
        )
    return Statistics(
        scope_id=scope_id,
        span=span,
        current=current,
        totals=summaries[scope_id],
        is_approximate=span.stored_edges(now) != list(span.edges),
        periods=await _list_periods(db, scope_id, span=span, now=now),
        cohorts=await cohorts.list_cohorts(db, scope_id, since=since.date(), until=until.date()),
        cohort_sizes=await cohorts.list_cohort_sizes(db, scope_id, since=since, until=until),
        popular_by=popular_by or "enrollments",
        popular_currency=popular_currency,
        popular=popular,
        lessons=await totals.list_lesson_completions(db, scope_id) if with_lessons else [],
    )


async def _list_periods(db: Connection, scope_id: UUID, *, span: Span, now: datetime) -> Periods:
    """One for each period of the span, of zeros where nothing happened. Three statements."""
    pieces, day_edges = span.pieces(now), list(span.day_edges)
    activity = {each.period: each for each in await series.list_activity(db, scope_id, pieces)}
    amounts = await series.list_revenue(db, scope_id, pieces)
    revenue = {period: list(booked) for period, booked in groupby(amounts, key=attrgetter("period"))}
    counted = await series.list_daily_activity(db, scope_id, edges=day_edges, since=day_edges[0], until=day_edges[-1])
    daily = {each.period: each for each in counted}
    return [
        (activity.get(period, Activity(period)), daily.get(period, DailyActivity(period)), revenue.get(period, []))
        for period in range(1, len(day_edges))
    ]


async def _list_popular(
    db: Connection, *, by: PopularBy, currency: str, instructor_id: UUID | None, span: Span
) -> list[tuple[RankedCourse, Summary]]:
    """The ranking, and what each of its courses had in the same days. Three statements."""
    days = span.whole_days()
    if by == "revenue":
        ranked = await rankings.rank_by_revenue(
            db, currency=currency, instructor_id=instructor_id, limit=POPULAR_COURSES, **asdict(days)
        )
    elif by == "trend":
        ranked = await rankings.rank_by_trend(db, instructor_id=instructor_id, limit=POPULAR_COURSES)
    else:
        ranked = await rankings.rank_by_activity(
            db, figure=by, instructor_id=instructor_id, limit=POPULAR_COURSES, **asdict(days)
        )
    summaries = await summarize_scopes(db, [course.course_id for course in ranked], days=days)
    return [(course, summaries[course.course_id]) for course in ranked]
