"""A course may be submitted and approved with a title, a description, a price and lessons to learn from."""

from __future__ import annotations

from collections.abc import Sequence

from coursify.core.database import Connection
from coursify.core.errors import Details
from coursify.modules.courses.errors import CourseIncomplete
from coursify.modules.courses.models import Course
from coursify.modules.courses.models.outline import OutlineLesson
from coursify.modules.courses.queries import lessons


async def check_complete(db: Connection, course: Course) -> None:
    """Raises CourseIncomplete with everything that is missing, field by field."""
    if missing := find_missing(course, await lessons.list_outline(db, course.id)):
        raise CourseIncomplete(details=missing)


def find_missing(course: Course, outline: Sequence[OutlineLesson]) -> Details:
    """What the course lacks before it may be submitted, field by field."""
    missing = course.missing_fields()
    if not outline:
        missing.append({"field": "lessons", "message": "at least one lesson is needed"})
    return missing + [
        {"field": f"lessons.{lesson.position}", "message": f"“{lesson.title}” has neither content nor media"}
        for lesson in outline
        if not lesson.is_ready
    ]
