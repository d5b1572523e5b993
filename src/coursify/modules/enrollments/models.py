"""Enrollments, grants and progress as rows, with what follows from one row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

GrantSource = Literal["order_line", "free", "admin"]
EnrollmentStatus = Literal["active", "expired", "revoked"]
EnrollmentOrder = Literal["newest", "activity"]


def percent_of(completed: int, lessons: int) -> int:
    """0 to 100: completed lessons over lessons, whole percent, 100 only when all are done; 0 without lessons."""
    return 100 * completed // lessons if lessons else 0


@dataclass(frozen=True, slots=True)
class Grant:
    """One reason why someone may learn."""

    id: UUID
    enrollment_id: UUID
    source_type: GrantSource
    source_id: UUID
    granted_at: datetime
    valid_until: datetime | None
    revoked_at: datetime | None
    reason: str | None

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.valid_until is None or self.valid_until > now)


@dataclass(frozen=True, slots=True)
class Access:
    """Whether a person may learn a course now, and the enrollment that says so."""

    enrollment_id: UUID
    is_open: bool
    is_expired: bool


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A person's place in a course, with access and progress at the moment of the query.

    `next_lesson` is where to go on: the lesson used last unless it is completed, else the first one that is not.
    """

    id: UUID
    user_id: UUID
    course_id: UUID
    enrolled_at: datetime
    first_completed_at: datetime | None
    certificate_code: str | None
    last_lesson_id: UUID | None
    lesson_count: int
    completed_lessons: int
    last_activity_at: datetime
    next_lesson: dict[str, Any] | None
    is_open: bool
    is_expired: bool

    @property
    def status(self) -> EnrollmentStatus:
        """Derived from the grants, never stored."""
        if self.is_open:
            return "active"
        return "expired" if self.is_expired else "revoked"

    @property
    def progress(self) -> int:
        """0 to 100, as `percent_of`."""
        return percent_of(self.completed_lessons, self.lesson_count)

    @property
    def completed_at(self) -> datetime | None:
        """Since when every lesson is done; None exactly while progress is below 100 (docs/decisions/0035)."""
        return self.first_completed_at if self.progress == 100 else None

    @property
    def is_newly_completed(self) -> bool:
        """Whether every lesson is done and that is not stored yet."""
        return self.progress == 100 and self.certificate_code is None


@dataclass(frozen=True, slots=True)
class EnrollmentWithLessons(Enrollment):
    """An enrollment with every live lesson of the course in its order, begun or not."""

    lessons: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class EnrollmentSummary(Enrollment):
    """An enrollment beside the course it is for, as lists show it."""

    course_slug: str
    course_title: str
    course_image_path: str | None
    course_image_alt_text: str | None
    instructor_id: UUID
    instructor_name: str | None
    instructor_avatar_url: str | None
    instructor_avatar_path: str | None


@dataclass(frozen=True, slots=True)
class CourseLearner(Enrollment):
    """An enrollment with the learner's name, as the course's instructor sees it; None when they were erased."""

    name: str | None
    last_completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Completion:
    """An enrollment of which every lesson is done, for the first time since `completed_at`."""

    enrollment_id: UUID
    completed_at: datetime


@dataclass(frozen=True, slots=True)
class LessonLength:
    id: UUID
    duration_seconds: int


@dataclass(frozen=True, slots=True)
class ProgressItem:
    """Progress that a client reports for one lesson; None means absent.

    `place` is the path of its fields in the body: `items.0.`, or empty where the body is about one lesson.
    """

    lesson_id: UUID
    completed: bool | None
    position_seconds: int | None
    place: str = ""


@dataclass(frozen=True, slots=True)
class LessonAccess:
    """What decides who may open a lesson."""

    instructor_id: UUID
    is_preview: bool
    is_on_sale: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class LessonPage(LessonAccess):
    """A lesson as a learner opens it: its text, its neighbors, how far they came, and what decides who may see it."""

    id: UUID
    course_id: UUID
    section_id: UUID | None
    title: str
    position: int
    content: str | None
    external_video_url: str | None
    has_video: bool
    duration_seconds: int
    version: int
    previous_id: UUID | None
    next_id: UUID | None
    enrollment_id: UUID | None
    completed_at: datetime | None
    position_seconds: int | None


@dataclass(frozen=True, slots=True)
class EnrollmentEmail:
    """What the email about a grant says, and to whom."""

    email: str | None
    name: str | None
    course_title: str
    course_slug: str
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class EnrollmentCount:
    course_id: UUID
    enrollment_count: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether someone may open a course, in a sentence, and every grant there ever was."""

    may_learn: bool
    because: str
    grants: list[Grant]


@dataclass(frozen=True, slots=True)
class LinePlace:
    """The enrollment that a bought order line opened."""

    order_line_id: UUID
    enrollment_id: UUID


@dataclass(frozen=True, slots=True)
class CourseNews:
    """Since when lessons are new in a course, and when the last ones were announced."""

    new_since: datetime
    announced_at: datetime | None
    has_new_lessons: bool


@dataclass(frozen=True, slots=True)
class Announcement:
    """The lessons that were added after one time and until another."""

    id: UUID
    course_id: UUID
    course_title: str
    course_slug: str
    lessons_after: datetime
    lessons_until: datetime


@dataclass(frozen=True, slots=True)
class Learner:
    enrollment_id: UUID
    user_id: UUID
