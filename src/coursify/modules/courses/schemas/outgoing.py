"""Courses, lessons and categories that the API returns."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from coursify.core.pictures import ImageSizes, avatar_url, image_sizes, image_url
from coursify.core.schema import MayBeAbsent, Moment, Output
from coursify.modules.courses.models import (
    Category,
    Course,
    CourseDetail,
    CourseStatus,
    CourseWithText,
    Lesson,
    Level,
    SalesChange,
)
from coursify.modules.courses.models.media import LessonVideo
from coursify.modules.courses.schemas.media import LessonVideoOut, playback_url
from coursify.modules.courses.schemas.reader import CourseMe, Expanded
from coursify.modules.users.models import FORMER_MEMBER


class InstructorName(Output):
    id: UUID
    name: str
    avatar_url: str | None


class _Course(Output):
    """What every shape of a course has."""

    id: UUID
    slug: str
    title: str
    subtitle: str | None
    excerpt: str
    price: int | None
    currency: str
    category: str | None
    level: Level
    language: str
    instructor: InstructorName
    instructor_id: UUID
    image_url: str | None
    image_sizes: ImageSizes | None
    image_alt_text: str | None
    average_rating: float
    rating_count: int
    enrollment_count: int
    lesson_count: int
    duration_seconds: int
    status: CourseStatus
    sale_suspended: bool
    version: int
    published_at: Moment | None
    created_at: Moment
    updated_at: Moment


class CourseSummary(_Course):
    """A course in a list. `price` is in the smallest unit of `currency`.

    `excerpt` is the beginning of the description as plain text, at most 300 characters.
    `saleSuspended`: its instructor may not sell, or an admin suspended its sale; it is out of the catalogue, and those
    enrolled keep it.
    `me` is absent for a caller who is not signed in, `expanded` without `expand`.
    """

    me: MayBeAbsent[CourseMe]
    expanded: MayBeAbsent[Expanded]

    @classmethod
    def of(cls, course: Course, *, me: CourseMe | None = None, expanded: Expanded | None = None) -> CourseSummary:
        return cls(**_fields(course), me=me, expanded=expanded)


class OwnCourseSummary(_Course):
    """A course in a list of its owner or of admins."""

    rejection_reason: str | None
    sale_suspension_reason: str | None
    submitted_at: Moment | None

    @classmethod
    def of(cls, course: Course) -> OwnCourseSummary:
        return cls(**_own_fields(course))


class EditableCourse(_Course):
    """A course as its owner and admins see it; `description` is sanitized HTML, the lists are plain texts."""

    description: str
    requirements: list[str]
    outcomes: list[str]
    rejection_reason: str | None
    sale_suspension_reason: str | None
    submitted_at: Moment | None

    @classmethod
    def of(cls, course: CourseWithText) -> EditableCourse:
        return cls(**_own_fields(course), **_texts(course))


class OutlineLesson(Output):
    id: UUID
    title: str
    order: int
    duration_seconds: int
    is_preview: bool
    section_id: UUID | None


class OutlineSection(Output):
    id: UUID
    title: str
    order: int


class Curriculum(Output):
    """The sections of a course and all of its lessons, each in order. Lessons without a section come first."""

    sections: list[OutlineSection]
    lessons: list[OutlineLesson]

    @classmethod
    def of(cls, course: CourseDetail) -> Curriculum:
        return cls(
            sections=[OutlineSection(**section) for section in course.sections],
            lessons=[OutlineLesson(**lesson) for lesson in course.lessons],
        )


class CourseWithOutline(_Course):
    """A course with its description (sanitized HTML), its lessons' titles, and how many gave it one to five stars.

    `requirements` is what learners need before the course, `outcomes` what they can do after it; plain texts.
    `sections` is empty when the author has made none. Lessons without a section come first.
    `me` is absent for a caller who is not signed in, `expanded` without `expand`.
    """

    me: MayBeAbsent[CourseMe]
    expanded: MayBeAbsent[Expanded]
    description: str
    requirements: list[str]
    outcomes: list[str]
    sections: list[OutlineSection]
    lessons: list[OutlineLesson]
    rating_distribution: dict[str, int]
    rejection_reason: str | None = None
    sale_suspension_reason: str | None = None
    submitted_at: Moment | None = None

    @classmethod
    def of(
        cls, course: CourseDetail, *, me: CourseMe | None = None, expanded: Expanded | None = None
    ) -> CourseWithOutline:
        return cls(
            **_own_fields(course),
            me=me,
            expanded=expanded,
            **_texts(course),
            sections=[OutlineSection(**section) for section in course.sections],
            lessons=[OutlineLesson(**lesson) for lesson in course.lessons],
            rating_distribution=course.rating_distribution,
        )

    def for_everyone(self) -> dict[str, Any]:
        """Without what only its owner and admins see."""
        return self.model_dump(mode="json", exclude={"rejection_reason", "sale_suspension_reason", "submitted_at"})


class LessonDetail(Output):
    """A lesson as its author sees it."""

    id: UUID
    course_id: UUID
    section_id: UUID | None
    title: str
    order: int
    duration_seconds: int
    is_preview: bool
    video_url: str | None
    video: LessonVideoOut | None
    external_video_url: str | None
    content: str | None
    version: int

    @classmethod
    def of(cls, lesson: Lesson, video: LessonVideo | None = None) -> LessonDetail:
        return cls(
            id=lesson.id,
            course_id=lesson.course_id,
            section_id=lesson.section_id,
            title=lesson.title,
            order=lesson.position or 0,
            duration_seconds=lesson.duration_seconds,
            is_preview=lesson.is_preview,
            video_url=playback_url(lesson.course_id, lesson.id) if lesson.has_video else None,
            video=LessonVideoOut.of(video) if video else None,
            external_video_url=lesson.external_video_url,
            content=lesson.content,
            version=lesson.version,
        )


class CategoryWithCount(Output):
    slug: str
    name: str
    course_count: int


class CategoryDetail(Output):
    slug: str
    name: str
    order: int

    @classmethod
    def of(cls, category: Category) -> CategoryDetail:
        return cls(slug=category.slug, name=category.name, order=category.position)


def describe_sales(change: SalesChange) -> str:
    """A sentence to append: how many courses went off sale or came back; empty when none did."""
    if change.suspended:
        return f" {_courses(change.suspended)} off sale now; those enrolled keep access."
    if change.resumed:
        return f" {_courses(change.resumed)} on sale again."
    return ""


def _courses(count: int) -> str:
    return "1 course is" if count == 1 else f"{count} courses are"


def _fields(course: Course) -> dict[str, Any]:
    return {
        "id": course.id,
        "slug": course.slug,
        "title": course.title,
        "subtitle": course.subtitle,
        "excerpt": course.excerpt,
        "price": course.price_minor,
        "currency": course.currency,
        "category": course.category,
        "level": course.level,
        "language": course.language,
        "instructor": _instructor(course),
        "instructor_id": course.instructor_id,
        "image_url": image_url(course.image_path),
        "image_sizes": image_sizes(course.image_path),
        "image_alt_text": course.image_alt_text,
        "average_rating": float(course.average_rating),
        "rating_count": course.rating_count,
        "enrollment_count": course.enrollment_count,
        "lesson_count": course.lesson_count,
        "duration_seconds": course.duration_seconds,
        "status": course.status,
        "sale_suspended": course.is_sale_suspended,
        "version": course.version,
        "published_at": course.published_at,
        "created_at": course.created_at,
        "updated_at": course.updated_at,
    }


def _instructor(course: Course) -> InstructorName:
    return InstructorName(
        id=course.instructor_id,
        name=course.instructor_name or FORMER_MEMBER,
        avatar_url=avatar_url(course.instructor_avatar_path, course.instructor_avatar_url),
    )


def _texts(course: CourseWithText) -> dict[str, Any]:
    return {"description": course.description, "requirements": course.requirements, "outcomes": course.outcomes}


def _own_fields(course: Course) -> dict[str, Any]:
    return {
        **_fields(course),
        "rejection_reason": course.rejection_reason,
        "sale_suspension_reason": course.sale_suspension_reason,
        "submitted_at": course.submitted_at,
    }
