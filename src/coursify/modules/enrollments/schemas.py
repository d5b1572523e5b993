"""Enrollments, progress, lessons and grants on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from coursify.core.pagination import PageQuery
from coursify.core.pictures import ImageSizes, avatar_url, image_sizes, image_url
from coursify.core.schema import EITHER, Flag, Input, Moment, Output, Prose, Whole
from coursify.modules.courses.models.media import LessonVideo
from coursify.modules.courses.schemas.media import LessonVideoOut, playback_url
from coursify.modules.enrollments.models import (
    Enrollment,
    EnrollmentOrder,
    EnrollmentStatus,
    EnrollmentSummary,
    EnrollmentWithLessons,
    Explanation,
    Grant,
    GrantSource,
    LessonPage,
    ProgressItem,
)

PositionSeconds = Annotated[Whole, Field(ge=0, le=604_800)]
_FORMS: Any = {"ProgressOfLesson": ["lessonId", "completed", "positionSeconds"], "ProgressOfLessons": ["items"]}


class ProgressItemIn(Input):
    """What happened in one lesson; `completed: false` and an older position take nothing back."""

    lesson_id: UUID
    completed: Flag | None = None
    position_seconds: PositionSeconds | None = None

    def to_item(self, number: int) -> ProgressItem:
        return ProgressItem(self.lesson_id, self.completed, self.position_seconds, f"items.{number}.")


class ProgressIn(Input, json_schema_extra={EITHER: _FORMS}):
    """One lesson, or up to 100 `items` that are kept all or none."""

    lesson_id: UUID | None = None
    completed: Flag | None = None
    position_seconds: PositionSeconds | None = None
    items: list[ProgressItemIn] | None = Field(default=None, min_length=1, max_length=100)

    @model_validator(mode="after")
    def _one_way(self) -> ProgressIn:
        single = self.model_fields_set & {"lesson_id", "completed", "position_seconds"}
        if (self.items is None) == (self.lesson_id is None) or (self.items is not None and single):
            raise ValueError("give either lessonId or items")
        return self

    def to_items(self) -> list[ProgressItem]:
        if self.items is not None:
            return [item.to_item(number) for number, item in enumerate(self.items)]
        if self.lesson_id is None:
            raise AssertionError("the validator asks for one of the two")
        return [ProgressItem(self.lesson_id, self.completed, self.position_seconds)]


class LessonProgressOut(Output):
    lesson_id: UUID
    completed: bool
    completed_at: Moment | None
    position_seconds: int


class CertificateRef(Output):
    code: str


class NextLessonOut(Output):
    id: UUID
    title: str
    order: int


class EnrollmentQuery(PageQuery):
    """`sort`: `newest` enrollment first, or by `activity`, the course used last first."""

    course_id: UUID | None = None
    sort: EnrollmentOrder = "newest"


class EnrollmentOut(Output):
    """`completedAt` is null exactly while `progress` is below 100, also when lessons were added later.

    `firstCompletedAt` and `certificate` stay. `nextLesson` is where to go on: the lesson used last unless it is
    completed, else the first one that is not; null when all are. `lastActivityAt` begins as the enrollment's date.
    """

    id: UUID
    user_id: UUID
    course_id: UUID
    enrollment_date: Moment
    progress: int
    status: EnrollmentStatus
    completed_at: Moment | None
    first_completed_at: Moment | None
    last_lesson_id: UUID | None
    next_lesson: NextLessonOut | None
    completed_lessons: int
    total_lessons: int
    last_activity_at: Moment
    certificate: CertificateRef | None

    @classmethod
    def of(cls, row: Enrollment) -> EnrollmentOut:
        return cls(**_fields(row))


class EnrollmentDetail(EnrollmentOut):
    lessons: list[LessonProgressOut]

    @classmethod
    def with_lessons(cls, row: EnrollmentWithLessons) -> EnrollmentDetail:
        return cls(**_fields(row), lessons=row.lessons)


class InstructorRef(Output):
    id: UUID
    name: str | None
    avatar_url: str | None


class EnrolledCourse(Output):
    id: UUID
    slug: str
    title: str
    image_url: str | None
    image_sizes: ImageSizes | None
    image_alt_text: str | None
    lesson_count: int
    instructor: InstructorRef


class EnrollmentListItem(EnrollmentOut):
    course: EnrolledCourse

    @classmethod
    def of_summary(cls, row: EnrollmentSummary) -> EnrollmentListItem:
        picture = avatar_url(row.instructor_avatar_path, row.instructor_avatar_url)
        course = EnrolledCourse(
            id=row.course_id,
            slug=row.course_slug,
            title=row.course_title,
            image_url=image_url(row.course_image_path),
            image_sizes=image_sizes(row.course_image_path),
            image_alt_text=row.course_image_alt_text,
            lesson_count=row.lesson_count,
            instructor=InstructorRef(id=row.instructor_id, name=row.instructor_name, avatar_url=picture),
        )
        return cls(**_fields(row), course=course)


class LessonProgressState(Output):
    completed: bool
    position_seconds: int


class LessonOut(Output):
    """A lesson with its content; `progress` is null for someone who is not enrolled.

    `videoUrl` begins a playback with POST. `video` is for the course's instructor and admins only.
    """

    id: UUID
    course_id: UUID
    section_id: UUID | None
    title: str
    order: int
    content: str | None
    duration_seconds: int
    is_preview: bool
    video_url: str | None
    video: LessonVideoOut | None
    external_video_url: str | None
    previous_lesson_id: UUID | None
    next_lesson_id: UUID | None
    progress: LessonProgressState | None

    @classmethod
    def of(cls, page: LessonPage, video: LessonVideo | None = None) -> LessonOut:
        progress = None
        if page.enrollment_id is not None:
            progress = LessonProgressState(
                completed=page.completed_at is not None, position_seconds=page.position_seconds or 0
            )
        return cls(
            id=page.id,
            course_id=page.course_id,
            section_id=page.section_id,
            title=page.title,
            order=page.position,
            content=page.content,
            duration_seconds=page.duration_seconds,
            is_preview=page.is_preview,
            video_url=playback_url(page.course_id, page.id) if page.has_video else None,
            video=LessonVideoOut.of(video) if video else None,
            external_video_url=page.external_video_url,
            previous_lesson_id=page.previous_id,
            next_lesson_id=page.next_id,
            progress=progress,
        )


class GrantOut(Output):
    id: UUID
    source_type: GrantSource
    source_id: UUID
    granted_at: Moment
    valid_until: Moment | None
    revoked_at: Moment | None
    reason: str | None
    is_live: bool

    @classmethod
    def of(cls, grant: Grant, *, now: datetime) -> GrantOut:
        return cls(
            id=grant.id,
            source_type=grant.source_type,
            source_id=grant.source_id,
            granted_at=grant.granted_at,
            valid_until=grant.valid_until,
            revoked_at=grant.revoked_at,
            reason=grant.reason,
            is_live=grant.is_live(now),
        )


class AccessExplained(Output):
    """Why someone may or may not open a course: their part in it, and every grant there ever was."""

    user_id: UUID
    course_id: UUID
    may_learn: bool
    because: str
    grants: list[GrantOut]

    @classmethod
    def of(cls, found: Explanation, *, user_id: UUID, course_id: UUID, now: datetime) -> AccessExplained:
        grants = [GrantOut.of(grant, now=now) for grant in found.grants]
        because, may_learn = found.because, found.may_learn
        return cls(user_id=user_id, course_id=course_id, may_learn=may_learn, because=because, grants=grants)


class AccessQuery(Input):
    course_id: UUID
    user_id: UUID | None = None


class SpokenQuery(Input):
    """Words that are said; all of them, in one caption or in two that follow each other."""

    q: Prose = Field(default="", max_length=200)


class SpokenPassageOut(Output):
    """`second` is where the caption begins."""

    lesson_id: UUID
    lesson_title: str
    order: int
    language: str
    second: int
    text: str


def _fields(row: Enrollment) -> dict[str, object]:
    return {
        "id": row.id,
        "user_id": row.user_id,
        "course_id": row.course_id,
        "enrollment_date": row.enrolled_at,
        "progress": row.progress,
        "status": row.status,
        "completed_at": row.completed_at,
        "first_completed_at": row.first_completed_at,
        "last_lesson_id": row.last_lesson_id,
        "next_lesson": NextLessonOut.model_validate(row.next_lesson, by_name=True) if row.next_lesson else None,
        "completed_lessons": row.completed_lessons,
        "total_lessons": row.lesson_count,
        "last_activity_at": row.last_activity_at,
        "certificate": CertificateRef(code=row.certificate_code) if row.certificate_code else None,
    }
