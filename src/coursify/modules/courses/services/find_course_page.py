"""A course with its outline, by id or slug; who may see it is asked of the policies."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.models import CourseDetail
from coursify.modules.courses.queries import course_texts
from coursify.modules.courses.slugs import looks_like_an_id


async def find_course_page(db: Connection, *, id_or_slug: str) -> CourseDetail:
    """In one statement; raises CourseNotFound."""
    if looks_like_an_id(id_or_slug):
        course = await course_texts.find_course_detail(db, UUID(id_or_slug))
    else:
        course = await course_texts.find_course_detail_by_slug(db, id_or_slug)
    if course is None:
        raise CourseNotFound
    return course
