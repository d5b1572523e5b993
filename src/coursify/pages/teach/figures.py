"""What happened in one's courses: the overview, statistics with charts, and one course with its lessons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response

from coursify.core.http import Configuration, SignedIn, WithDatabase
from coursify.core.schema import Input
from coursify.modules.analytics.models import PeriodRevenue, Statistics
from coursify.modules.analytics.periods import Interval, Span, local_day, make_span
from coursify.modules.analytics.services.read_course_statistics import read_course_statistics
from coursify.modules.analytics.services.read_statistics import read_statistics
from coursify.modules.courses.queries import owners
from coursify.modules.reviews.queries import teaching
from coursify.pages.core.figures import Figure
from coursify.pages.core.formats import amount, number
from coursify.pages.core.page import Page, WithPage
from coursify.pages.core.page_route import Pages
from coursify.pages.teach.courses import COURSE
from coursify.pages.teach.guards import OwnCourse
from coursify.pages.teach.policies import OWN, READ

pages = Pages()

WEEK = 7
ACTIVITIES = (("Enrollments", "enrollments"), ("Completions", "completions"), ("Ratings", "ratings"))
RANGES: dict[str, tuple[int, Interval]] = {
    "7": (7, "day"),
    "30": (30, "day"),
    "90": (90, "week"),
    "365": (365, "month"),
}
Series = list[tuple[str, int, str]]


class RangeQuery(Input):
    """The last days, with today."""

    days: Literal["7", "30", "90", "365"] = "30"

    def span(self, page: Page, now: datetime) -> Span:
        days, interval = RANGES[self.days]
        last = local_day(now, page.zone)
        return make_span(last - timedelta(days=days - 1), last, interval=interval, zone=page.zone)


@pages.get("/teach", page_id="page_teach_overview", policy=OWN)
async def show_overview(page: WithPage, caller: SignedIn, database: WithDatabase) -> Response:
    """The last seven days beside the seven before, and what waits for the instructor."""
    now, me = await database.now(), caller.user_id
    last = local_day(now, page.zone)
    span = make_span(last - timedelta(days=2 * WEEK - 1), last, interval="day", zone=page.zone)
    async with database.read() as db:
        found = await read_statistics(db, me, span=span, now=now)
        unanswered = await teaching.count_reviews_of_courses(db, me, is_unanswered=True)
        rejected = await owners.count_own_courses(db, me, status="rejected")
        drafts = await owners.count_own_courses(db, me, status="draft")
        all_courses = await owners.count_own_courses(db, me, status=None)
    todo = {"unanswered": unanswered, "rejected": rejected, "drafts": drafts, "all_courses": all_courses}
    return page.render("teach/overview.html", found=found, **todo, **compare_weeks(found))


@pages.get("/teach/statistics", page_id="page_teach_statistics", policy=OWN)
async def show_statistics(
    page: WithPage,
    caller: SignedIn,
    query: Annotated[RangeQuery, Query()],
    database: WithDatabase,
    settings: Configuration,
) -> Response:
    now, me = await database.now(), caller.user_id
    currency = settings.app.default_currency
    async with database.read() as db:
        found = await read_statistics(
            db,
            me,
            span=query.span(page, now),
            now=now,
            popular_by="enrollments",
            popular_currency=currency,
            instructor_id=me,
        )
    values: dict[str, Any] = {
        "found": found,
        "days": query.days,
        "charts": charts_of(found),
        "months_after": months_after,
    }
    return page.render("teach/statistics.html", course=None, **values)


@pages.get(f"{COURSE}/statistics", page_id="page_teach_course_statistics", policy=READ)
async def show_course_statistics(
    page: WithPage,
    course_id: UUID,
    course: OwnCourse,
    caller: SignedIn,
    query: Annotated[RangeQuery, Query()],
    database: WithDatabase,
) -> Response:
    """With how many learners completed each lesson, and where they stop."""
    now = await database.now()
    span = query.span(page, now)
    async with database.read() as db:
        found = await read_course_statistics(db, caller=caller, course_id=course_id, span=span, now=now)
    values: dict[str, Any] = {
        "found": found,
        "days": query.days,
        "charts": charts_of(found),
        "months_after": months_after,
    }
    return page.render("teach/statistics.html", course=course, **values)


def compare_weeks(found: Statistics) -> dict[str, Any]:
    """The figures of both weeks, and earnings by day in each currency."""
    activities = [activity for activity, _daily, _revenue in found.periods]
    views = [daily.views for _activity, daily, _revenue in found.periods]
    earned = {
        currency: _sums(found, currency, lambda each: each.instructor_share_minor) for currency in _currencies(found)
    }
    figures = [Figure("Views", sum(views[WEEK:]), sum(views[:WEEK]))]
    for label, name in ACTIVITIES:
        values = [getattr(activity, name) for activity in activities]
        figures.append(Figure(label, sum(values[WEEK:]), sum(values[:WEEK])))
    return {
        "earnings": [
            Figure(f"Your share, {code.upper()}", sum(values[WEEK:]), sum(values[:WEEK]), code)
            for code, values in earned.items()
        ],
        "figures": figures,
        "charts": [
            (f"Your share by day in {code.upper()}", "Share", "bars", _amounts(found.span, values, code), code)
            for code, values in earned.items()
        ]
        + [
            (
                "Enrollments by day",
                "Enrollments",
                "line",
                _counts(found.span, [each.enrollments for each in activities]),
                "",
            )
        ],
    }


def charts_of(found: Statistics) -> list[tuple[str, str, str, Series, str]]:
    """(title, name of the values, kind, series, currency if there is one) for each figure of the span."""
    activities = [activity for activity, _daily, _revenue in found.periods]
    views = [daily.views for _activity, daily, _revenue in found.periods]
    by = found.span.interval
    counted = [("Views", views)] + [
        (label, [getattr(activity, name) for activity in activities]) for label, name in ACTIVITIES[:2]
    ]
    money = [
        (f"Net revenue by {by} in {code.upper()}", "Net revenue", "bars", _amounts(found.span, values, code), code)
        for code in _currencies(found)
        for values in [_sums(found, code, lambda each: each.net_minor)]
    ]
    return [
        *((f"{label} by {by}", label, "line", _counts(found.span, values), "") for label, values in counted),
        *money,
    ]


def months_after(month: date, count: int) -> date:
    """The first day of a later month."""
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)


def _currencies(found: Statistics) -> list[str]:
    return sorted({each.currency for _activity, _daily, revenue in found.periods for each in revenue})


def _sums(found: Statistics, currency: str, value: Callable[[PeriodRevenue], int]) -> list[int]:
    return [
        sum(value(each) for each in revenue if each.currency == currency)
        for _activity, _daily, revenue in found.periods
    ]


def _counts(span: Span, values: Sequence[int]) -> Series:
    return [(label, value, number(value)) for label, value in zip(_labels(span), values, strict=True)]


def _amounts(span: Span, values: Sequence[int], currency: str) -> Series:
    return [(label, value, amount(value, currency)) for label, value in zip(_labels(span), values, strict=True)]


def _labels(span: Span) -> list[str]:
    return [day.strftime("%b %Y" if span.interval == "month" else "%-d %b") for day in span.starts]
