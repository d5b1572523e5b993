"""What goes out about courses: the documented shapes, and the plain mappings that are encoded once.

Lists are hot: a row becomes a mapping without being validated again. A test holds the mappings against the shapes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from coursify.core.schema import Moment, Output
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
from coursify.modules.users.models import FORMER_MEMBER

Json = dict[str, Any]


class InstructorName(Output):
    id: UUID
    name: str


class CourseSummary(Output):
    """A course in a list. `price` is in the smallest unit of `currency`.

    `excerpt` is the beginning of the description as plain text, at most 300 characters.
    `saleSuspended`: its instructor may not sell; it is out of the catalogue, and those enrolled keep it.
    """

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


class OwnCourseSummary(CourseSummary):
    """A course in a list of its owner or of admins."""

    rejection_reason: str | None
    submitted_at: Moment | None


class EditableCourse(OwnCourseSummary):
    """A course as its owner and admins see it; `description` is sanitized HTML."""

    description: str


class OutlineLesson(Output):
    id: UUID
    title: str
    order: int
    duration_seconds: int
    is_preview: bool


class CourseWithOutline(CourseSummary):
    """A course with its description (sanitized HTML), its lessons' titles, and how many gave it one to five stars."""

    description: str
    lessons: list[OutlineLesson]
    rating_distribution: dict[str, int]
    rejection_reason: str | None = None
    submitted_at: Moment | None = None


class LessonDetail(Output):
    """A lesson as its author sees it."""

    id: UUID
    course_id: UUID
    title: str
    order: int
    duration_seconds: int
    is_preview: bool
    video_url: str | None
    content: str | None
    version: int


class CategoryWithCount(Output):
    slug: str
    name: str
    course_count: int


class CategoryDetail(Output):
    slug: str
    name: str
    order: int


def summary_of(course: Course) -> Json:
    return {
        "id": str(course.id),
        "slug": course.slug,
        "title": course.title,
        "subtitle": course.subtitle,
        "excerpt": course.excerpt,
        "price": course.price_minor,
        "currency": course.currency,
        "category": course.category,
        "level": course.level,
        "language": course.language,
        "instructor": {"id": str(course.instructor_id), "name": course.instructor_name or FORMER_MEMBER},
        "instructorId": str(course.instructor_id),
        "imageUrl": course.image_url,
        "averageRating": float(course.average_rating),
        "ratingCount": course.rating_count,
        "enrollmentCount": course.enrollment_count,
        "lessonCount": course.lesson_count,
        "durationSeconds": course.duration_seconds,
        "status": course.status,
        "saleSuspended": course.is_sale_suspended,
        "version": course.version,
        "publishedAt": _moment(course.published_at),
        "createdAt": _moment(course.created_at),
        "updatedAt": _moment(course.updated_at),
    }


def own_summary_of(course: Course) -> Json:
    return summary_of(course) | {
        "rejectionReason": course.rejection_reason,
        "submittedAt": _moment(course.submitted_at),
    }


def editable_of(course: CourseWithText) -> Json:
    return own_summary_of(course) | {"description": course.description}


def detail_of(course: CourseDetail, *, for_editor: bool) -> Json:
    return (own_summary_of(course) if for_editor else summary_of(course)) | {
        "description": course.description,
        "lessons": course.lessons,
        "ratingDistribution": course.rating_distribution,
    }


def describe_sales(change: SalesChange) -> str:
    """A sentence to append: how many courses went off sale or came back; empty when none did."""
    if change.suspended:
        return f" {_courses(change.suspended)} off sale now; those enrolled keep access."
    if change.resumed:
        return f" {_courses(change.resumed)} on sale again."
    return ""


def _courses(count: int) -> str:
    return "1 course is" if count == 1 else f"{count} courses are"


def lesson_of(lesson: Lesson) -> LessonDetail:
    return LessonDetail(
        id=lesson.id,
        course_id=lesson.course_id,
        title=lesson.title,
        order=lesson.position or 0,
        duration_seconds=lesson.duration_seconds,
        is_preview=lesson.is_preview,
        video_url=None,
        content=lesson.content,
        version=lesson.version,
    )


def category_of(category: Category) -> CategoryDetail:
    return CategoryDetail(slug=category.slug, name=category.name, order=category.position)


def _moment(value: datetime | None) -> str | None:
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
