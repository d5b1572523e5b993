"""A course may be submitted and approved with a title, a description, a price and lessons to learn from."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.modules.courses.errors import CourseIncomplete
from coursify.modules.courses.models import Course
from coursify.modules.courses.queries import lessons


async def check_complete(db: Connection, course: Course) -> None:
    """Raises CourseIncomplete with everything that is missing, field by field."""
    live = await lessons.list_lessons(db, course.id)
    missing = course.missing_fields()
    if not live:
        missing.append({"field": "lessons", "message": "at least one lesson is needed"})
    missing += [
        {"field": f"lessons.{lesson.position}", "message": f"“{lesson.title}” has neither content nor media"}
        for lesson in live
        if not lesson.is_ready
    ]
    if missing:
        raise CourseIncomplete(details=missing)
