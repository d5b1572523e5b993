"""Somebody views a course on sale: it counts, unless the course is their own or they are an admin."""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.view_counter import ViewCounter


async def count_view(views: ViewCounter, *, caller: Caller | None, course_id: UUID, viewer: str) -> None:
    """Raises CourseNotFound for a course that is not on sale, for its owner too."""
    instructor_id = await views.find_instructor(course_id)
    if instructor_id is None:
        raise CourseNotFound
    if caller is None or not (caller.is_admin or caller.user_id == instructor_id):
        await views.count(course_id, viewer)
