"""The owner adds a lesson; those behind its place move down."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses import policies
from coursify.modules.courses.errors import LessonEmpty, TooManyLessons
from coursify.modules.courses.models import MAX_LESSONS, Lesson
from coursify.modules.courses.queries import counters, courses, lessons
from coursify.modules.courses.services.clean_html import clean_html


async def add_lesson(
    db: Connection,
    *,
    caller: Caller,
    course_id: UUID,
    title: str,
    now: datetime,
    order: int | None = None,
    content: str | None = None,
    is_preview: bool = False,
    duration_seconds: int = 0,
) -> Lesson:
    """The new lesson at `order`, or at the end. Raises LessonEmpty in a course on sale, TooManyLessons."""
    course = await courses.lock_course(db, course_id)
    policies.require_owner(course, caller)
    count = len(await lessons.list_lesson_ids(db, course_id))
    if count >= MAX_LESSONS:
        raise TooManyLessons
    content = None if content is None else clean_html(content, field="content")
    if course.is_published and not content:
        raise LessonEmpty
    position = min(order or count + 1, count + 1)
    await lessons.make_room_for_lesson(db, course_id=course_id, position=position)
    lesson = await lessons.insert_lesson(
        db,
        course_id=course_id,
        title=title,
        position=position,
        content=content,
        is_preview=is_preview,
        duration_seconds=duration_seconds,
        now=now,
    )
    await counters.refresh_lesson_totals(db, course_id)
    return lesson
