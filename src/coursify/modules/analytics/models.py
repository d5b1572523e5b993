"""Figures as rows, and what is computed from one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from coursify.modules.analytics.periods import Span

PopularBy = Literal["revenue", "enrollments", "views", "trend"]

PLATFORM_ID = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Activity:
    """What happened in a period; `period` is its number in a list of periods, from 1."""

    period: int
    sign_ups: int = 0
    checkouts: int = 0
    payments: int = 0
    enrollments: int = 0
    completions: int = 0
    ratings: int = 0


@dataclass(frozen=True, slots=True)
class DailyActivity:
    """What is counted by UTC day, added: different viewers of each course, and active learners."""

    period: int
    views: int = 0
    learners: int = 0


@dataclass(frozen=True, slots=True)
class Revenue:
    """Money of one currency. `fees_minor` and the share are parts of what was received, not taken from `net_minor`."""

    currency: str
    gross_minor: int
    discount_minor: int
    refunded_minor: int
    fees_minor: int
    instructor_share_minor: int

    @property
    def net_minor(self) -> int:
        return self.gross_minor - self.refunded_minor


@dataclass(frozen=True, slots=True)
class PeriodRevenue(Revenue):
    period: int


@dataclass(frozen=True, slots=True)
class ScopeRevenue(Revenue):
    scope_id: UUID


@dataclass(frozen=True, slots=True)
class ScopeActivity:
    """Everything that was counted for one course, instructor or the platform in a range of days.

    A viewer of a course is one view on each UTC day, however often they ask for it.
    """

    scope_id: UUID
    sign_ups: int = 0
    checkouts: int = 0
    payments: int = 0
    enrollments: int = 0
    completions: int = 0
    ratings: int = 0
    views: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The activity of a scope and its money by currency, in the alphabetical order of the currencies."""

    activity: ScopeActivity
    revenue: list[ScopeRevenue]


@dataclass(frozen=True, slots=True)
class Cohort:
    """Of those who enrolled in one month, how many completed a lesson in another. Both are the first day (UTC)."""

    enrolled_in: date
    active_in: date
    learners: int


@dataclass(frozen=True, slots=True)
class CohortSize:
    enrolled_in: date
    enrollments: int


@dataclass(frozen=True, slots=True)
class LessonCompletions:
    """How many learners completed a live lesson; `position` is its place in the course, from 1."""

    lesson_id: UUID
    title: str
    position: int
    completions: int


@dataclass(frozen=True, slots=True)
class RankedCourse:
    """A course of a ranking; `score` is what the ranking is by."""

    course_id: UUID
    slug: str
    title: str
    score: int


@dataclass(frozen=True, slots=True)
class CourseScore:
    course_id: UUID
    score: int


@dataclass(frozen=True, slots=True)
class CurrentTotals:
    users: int
    courses: int
    published_courses: int
    refreshed_until: datetime | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is read about one scope; `periods` has one item for each period of the span."""

    scope_id: UUID
    span: Span
    current: CurrentTotals
    totals: Summary
    is_approximate: bool
    periods: list[tuple[Activity, DailyActivity, list[PeriodRevenue]]]
    cohorts: list[Cohort]
    cohort_sizes: list[CohortSize]
    popular_by: PopularBy
    popular_currency: str
    popular: list[tuple[RankedCourse, Summary]]
    lessons: list[LessonCompletions]


@dataclass(frozen=True, slots=True)
class TaughtCourseWeek:
    """What happened in one course of an instructor in a week."""

    course_title: str
    enrollments: int
    ratings: int


@dataclass(frozen=True, slots=True)
class TeachingWeek:
    """What happened in the courses of an instructor."""

    enrollments: int
    ratings: int


@dataclass(frozen=True, slots=True)
class SalesWeek:
    """What the courses of an instructor sold in one currency."""

    currency: str
    gross_minor: int
    refunded_minor: int
    share_minor: int


@dataclass(frozen=True, slots=True)
class LearningWeek:
    """How many lessons a course has that were added in the week."""

    course_title: str
    lessons: int
