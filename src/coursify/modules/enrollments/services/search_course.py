"""Somebody looks for words in the videos of a course: learners in all of it, anyone in its previews."""

from __future__ import annotations

from datetime import datetime

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.models.captions import SpokenPassage
from coursify.modules.courses.policies import can_edit_course
from coursify.modules.courses.services.find_course_page import find_course_page
from coursify.modules.courses.services.search_captions import search_captions
from coursify.modules.enrollments.queries import grants


async def search_course(
    db: Connection, *, caller: Caller | None, id_or_slug: str, text: str, now: datetime
) -> list[SpokenPassage]:
    """Raises CourseNotFound, also for what the caller may not know. Learners keep what is deleted or off sale."""
    course = await find_course_page(db, id_or_slug=id_or_slug)
    access = await grants.find_access(db, user_id=caller.user_id, course_id=course.id, now=now) if caller else None
    if can_edit_course(course, caller) or (access is not None and access.is_open):
        return await search_captions(db, course_id=course.id, text=text, includes_all=True)
    if course.is_on_sale:
        return await search_captions(db, course_id=course.id, text=text, includes_all=False)
    if access is None:
        raise CourseNotFound
    return []
