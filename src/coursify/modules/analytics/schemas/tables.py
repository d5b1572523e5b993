"""Statistics as tables for a CSV: a column for each currency, so that nobody adds two of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coursify.core.csv_table import Cell
from coursify.modules.analytics.schemas.incoming import Table
from coursify.modules.analytics.schemas.outgoing import (
    AdminStats,
    CohortOut,
    CourseStats,
    InstructorStats,
    LessonStats,
    PopularCourse,
    RevenueOut,
    Series,
)

Rows = tuple[list[str], list[list[Cell]]]
_MONEY = ("gross", "discount", "refunded", "fees", "net", "instructor_share")
_COUNTS = (
    "sign_ups",
    "views",
    "daily_viewers",
    "checkouts",
    "payments",
    "enrollments",
    "completions",
    "ratings",
    "daily_learners",
)


def table_of(stats: AdminStats | InstructorStats | CourseStats, table: Table) -> Rows:
    """A header and rows. What these statistics do not have is an empty table."""
    if table == "popularCourses":
        return _popular([] if isinstance(stats, CourseStats) else stats.popular_courses)
    if table == "lessons":
        return _lessons(stats.lessons if isinstance(stats, CourseStats) else [])
    if table == "cohorts":
        return _cohorts(stats.cohorts)
    return _series(stats.series)


def _series(series: Series) -> Rows:
    currencies = _currencies(row.revenue for row in series.rows)
    header = ["start", "end", *_COUNTS, *_money_header(currencies)]
    return header, [
        [
            row.start.isoformat(),
            row.end.isoformat(),
            *(getattr(row, name) for name in _COUNTS),
            *_money(row.revenue, currencies),
        ]
        for row in series.rows
    ]


def _popular(courses: Sequence[PopularCourse]) -> Rows:
    currencies = _currencies(course.revenue for course in courses)
    header = ["course_id", "slug", "title", "score", "views", "enrollments", *_money_header(currencies)]
    return header, [
        [
            str(course.course_id),
            course.slug,
            course.title,
            course.score,
            course.views,
            course.enrollments,
            *_money(course.revenue, currencies),
        ]
        for course in courses
    ]


def _cohorts(cohorts: Sequence[CohortOut]) -> Rows:
    return ["enrolled_in", "enrollments", "active_in", "learners"], [
        [cohort.month, cohort.enrollments, active.month, active.learners]
        for cohort in cohorts
        for active in cohort.activity
    ]


def _lessons(lessons: Sequence[LessonStats]) -> Rows:
    return ["lesson_id", "order", "title", "completions", "lost"], [
        [str(lesson.lesson_id), lesson.order, lesson.title, lesson.completions, lesson.lost] for lesson in lessons
    ]


def _currencies(amounts: Iterable[Sequence[RevenueOut]]) -> list[str]:
    return sorted({revenue.currency for each in amounts for revenue in each})


def _money_header(currencies: Sequence[str]) -> list[str]:
    return [f"{name}_{currency}" for currency in currencies for name in _MONEY]


def _money(amounts: Sequence[RevenueOut], currencies: Sequence[str]) -> list[Cell]:
    by_currency = {revenue.currency: revenue for revenue in amounts}
    return [
        getattr(by_currency[currency], name) if currency in by_currency else 0
        for currency in currencies
        for name in _MONEY
    ]
