"""Somebody opens a lesson: it is there for them, or it is not, or it has to be enrolled for first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.enrollments.errors import AccessClosed, LessonNotInCourse, NotEnrolled
from coursify.modules.enrollments.models import LessonPage
from coursify.modules.enrollments.policies import can_know_course, can_open_lesson
from coursify.modules.enrollments.queries import progress


async def open_lesson(
    db: Connection, *, caller: Caller | None, course_id: UUID, lesson_id: UUID, now: datetime
) -> LessonPage:
    """Raises LessonNotInCourse, also for who may not know of it; AccessClosed for someone whose access has ended, and
    NotEnrolled for everyone else.
    """
    user_id = caller.user_id if caller else None
    page = await progress.find_lesson_page(db, course_id=course_id, lesson_id=lesson_id, user_id=user_id, now=now)
    if page is None or not can_know_course(caller, page):
        raise LessonNotInCourse
    if not can_open_lesson(caller, page):
        raise NotEnrolled if page.enrollment_id is None else AccessClosed
    return page
