"""A course's page: for anyone while it is on sale, for its learners also when it is not."""

from __future__ import annotations

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.models import CourseDetail
from coursify.modules.courses.policies import can_see_course
from coursify.modules.courses.services.find_course_page import find_course_page
from coursify.modules.enrollments.queries import enrollments


async def open_course(db: Connection, *, caller: Caller | None, id_or_slug: str) -> CourseDetail:
    """Raises CourseNotFound, also for what the caller may not see; only a course off sale costs a second statement."""
    course = await find_course_page(db, id_or_slug=id_or_slug)
    if can_see_course(course, caller):
        return course
    if caller is None or not course.is_published:
        raise CourseNotFound
    if not await enrollments.has_enrollment(db, user_id=caller.user_id, course_id=course.id):
        raise CourseNotFound
    return course
