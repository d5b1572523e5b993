"""A course's page: for anyone once it is on sale, before that for its owner and admins."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.operations import Caller
from coursify.modules.courses import policies, queries
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.models import CourseDetail
from coursify.modules.courses.slugs import looks_like_an_id


async def show_course(db: Connection, *, caller: Caller | None, id_or_slug: str) -> CourseDetail:
    """The course by id or slug, in one statement; raises CourseNotFound for what the caller may not see."""
    if looks_like_an_id(id_or_slug):
        course = await queries.find_course_detail(db, UUID(id_or_slug))
    else:
        course = await queries.find_course_detail_by_slug(db, id_or_slug)
    if course is None:
        raise CourseNotFound
    policies.require_visible(course, caller)
    return course
