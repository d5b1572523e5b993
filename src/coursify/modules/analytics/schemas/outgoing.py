"""Statistics as clients see them. Amounts are in the smallest unit of a currency and never added across currencies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field

from coursify.core.schema import Moment, Output
from coursify.modules.analytics.models import LessonCompletions, PopularBy, Revenue, Statistics, Summary
from coursify.modules.analytics.periods import Interval
from coursify.modules.courses.models import CatalogueCourse
from coursify.modules.courses.schemas.outgoing import OwnCourseSummary

VIEWS = "viewers of each course, each counted once per UTC day"


class RevenueOut(Output):
    """`net` is `gross` less `refunded`; `fees` and `instructorShare` are parts of what was received."""

    currency: str
    gross: int
    discount: int
    refunded: int
    fees: int
    net: int
    instructor_share: int

    @classmethod
    def of(cls, revenue: Revenue) -> RevenueOut:
        return cls(
            currency=revenue.currency,
            gross=revenue.gross_minor,
            discount=revenue.discount_minor,
            refunded=revenue.refunded_minor,
            fees=revenue.fees_minor,
            net=revenue.net_minor,
            instructor_share=revenue.instructor_share_minor,
        )


class StatsTotals(Output):
    """Since the beginning."""

    views: int = Field(description=VIEWS)
    checkouts: int
    payments: int
    enrollments: int
    completions: int
    ratings: int
    revenue: list[RevenueOut]


class PlatformTotals(StatsTotals):
    """`users` are all accounts that are not erased, `courses` all that are not deleted."""

    users: int
    courses: int
    published_courses: int


class SeriesRow(Output):
    """One period: from the day `start` to the day `end`. Views and daily counts are of the UTC days of these dates."""

    start: date
    end: date
    starts_at: Moment
    ends_at: Moment
    sign_ups: int = Field(description="of the platform; 0 elsewhere")
    views: int = Field(description=VIEWS)
    daily_viewers: int = Field(description="the same number: the viewers of each UTC day, added")
    checkouts: int
    payments: int
    enrollments: int
    completions: int
    ratings: int
    daily_learners: int = Field(description="learners who completed a lesson, of each UTC day, added")
    revenue: list[RevenueOut]


class Series(Output):
    """Every period of the days asked for, empty ones too."""

    from_: date = Field(alias="from", serialization_alias="from")
    to: date
    interval: Interval
    timezone: str
    approximate: bool = Field(
        description="days begin within an hour in this zone, and some are too long ago for stored quarter-hours: they "
        "are cut at the next full hour"
    )
    rows: list[SeriesRow]


class PopularCourse(Output):
    """`score` is what the ranking is by: an amount in `currency`, a number, or the trending score."""

    course_id: UUID
    slug: str
    title: str
    score: int
    currency: str | None
    views: int = Field(description=VIEWS)
    enrollments: int
    revenue: list[RevenueOut]


class CohortMonth(Output):
    month: str
    learners: int


class CohortOut(Output):
    """Those who enrolled in `month` (UTC), and how many of them completed a lesson in each month since."""

    month: str
    enrollments: int
    activity: list[CohortMonth]


class LessonStats(Output):
    """`lost`: how many fewer completed this lesson than the one before it."""

    lesson_id: UUID
    title: str
    order: int
    completions: int
    lost: int


class ScopeStats(Output):
    """What all statistics have; `refreshedAt`: every fact before that time is counted."""

    refreshed_at: Moment | None
    series: Series
    cohorts: list[CohortOut]


class AdminStats(ScopeStats):
    totals: PlatformTotals
    popular_by: PopularBy
    popular_courses: list[PopularCourse]

    @classmethod
    def of(cls, found: Statistics) -> AdminStats:
        current = found.current
        totals = PlatformTotals(
            users=current.users,
            courses=current.courses,
            published_courses=current.published_courses,
            **_totals(found.totals),
        )
        return cls(totals=totals, popular_by=found.popular_by, popular_courses=_popular(found), **_common(found))


class InstructorStats(ScopeStats):
    totals: StatsTotals
    popular_by: PopularBy
    popular_courses: list[PopularCourse]

    @classmethod
    def of(cls, found: Statistics) -> InstructorStats:
        totals = StatsTotals(**_totals(found.totals))
        return cls(totals=totals, popular_by=found.popular_by, popular_courses=_popular(found), **_common(found))


class CourseStats(ScopeStats):
    course_id: UUID
    totals: StatsTotals
    lessons: list[LessonStats] = Field(description="since the beginning, in the order of the course")

    @classmethod
    def of(cls, found: Statistics) -> CourseStats:
        return cls(
            course_id=found.scope_id,
            totals=StatsTotals(**_totals(found.totals)),
            lessons=_lessons(found.lessons),
            **_common(found),
        )


class OwnCourseWithCounters(OwnCourseSummary):
    """A course of one's own, with what it has had since the beginning."""

    views: int = Field(description=VIEWS)
    enrollments: int
    revenue: list[RevenueOut]

    @classmethod
    def with_counters(cls, course: CatalogueCourse, summary: Summary) -> OwnCourseWithCounters:
        return cls(
            **OwnCourseSummary.of(course).model_dump(by_alias=False),
            views=summary.activity.views,
            enrollments=summary.activity.enrollments,
            revenue=_revenue(summary.revenue),
        )


def _revenue(amounts: Sequence[Revenue]) -> list[RevenueOut]:
    return [RevenueOut.of(revenue) for revenue in amounts]


def _totals(summary: Summary) -> dict[str, Any]:
    activity = summary.activity
    return {
        "views": activity.views,
        "checkouts": activity.checkouts,
        "payments": activity.payments,
        "enrollments": activity.enrollments,
        "completions": activity.completions,
        "ratings": activity.ratings,
        "revenue": _revenue(summary.revenue),
    }


def _common(found: Statistics) -> dict[str, Any]:
    return {"refreshed_at": found.current.refreshed_until, "series": _series(found), "cohorts": _cohorts(found)}


def _series(found: Statistics) -> Series:
    span, edges = found.span, found.span.edges
    rows = [
        SeriesRow(
            start=start,
            end=span.last_day_of(number),
            starts_at=edges[number],
            ends_at=edges[number + 1],
            sign_ups=activity.sign_ups,
            views=daily.views,
            daily_viewers=daily.views,
            checkouts=activity.checkouts,
            payments=activity.payments,
            enrollments=activity.enrollments,
            completions=activity.completions,
            ratings=activity.ratings,
            daily_learners=daily.learners,
            revenue=_revenue(revenue),
        )
        for number, (start, (activity, daily, revenue)) in enumerate(zip(span.starts, found.periods, strict=True))
    ]
    return Series(
        from_=span.first,
        to=span.last,
        interval=span.interval,
        timezone=span.zone,
        approximate=found.is_approximate,
        rows=rows,
    )


def _popular(found: Statistics) -> list[PopularCourse]:
    return [
        PopularCourse(
            course_id=course.course_id,
            slug=course.slug,
            title=course.title,
            score=course.score,
            currency=found.popular_currency if found.popular_by == "revenue" else None,
            views=summary.activity.views,
            enrollments=summary.activity.enrollments,
            revenue=_revenue(summary.revenue),
        )
        for course, summary in found.popular
    ]


def _cohorts(found: Statistics) -> list[CohortOut]:
    return [
        CohortOut(
            month=f"{size.enrolled_in:%Y-%m}",
            enrollments=size.enrollments,
            activity=[
                CohortMonth(month=f"{cohort.active_in:%Y-%m}", learners=cohort.learners)
                for cohort in found.cohorts
                if cohort.enrolled_in == size.enrolled_in
            ],
        )
        for size in found.cohort_sizes
    ]


def _lessons(lessons: Sequence[LessonCompletions]) -> list[LessonStats]:
    before = [None, *(lesson.completions for lesson in lessons)]
    return [
        LessonStats(
            lesson_id=lesson.lesson_id,
            title=lesson.title,
            order=lesson.position,
            completions=lesson.completions,
            lost=max(0, (previous or lesson.completions) - lesson.completions),
        )
        for lesson, previous in zip(lessons, before, strict=False)
    ]
