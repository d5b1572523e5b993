"""The owner changes a lesson, also of a course on sale: its id stays, and with it everyone's progress."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.core.errors import PreconditionFailed
from coursify.modules.courses import policies
from coursify.modules.courses.errors import LessonEmpty
from coursify.modules.courses.models import Lesson, LessonChanges
from coursify.modules.courses.queries import counters, courses, lessons
from coursify.modules.courses.services.clean_html import clean_html


async def update_lesson(
    db: Connection,
    *,
    caller: Caller,
    course_id: UUID,
    lesson_id: UUID,
    changes: LessonChanges,
    expected_version: int | None,
    now: datetime,
    order: int | None = None,
) -> Lesson:
    """The lesson with `changes`, moved to `order` where one is given; raises PreconditionFailed when it is stale."""
    course = await courses.lock_course(db, course_id)
    policies.require_owner(course, caller)
    lesson = await lessons.get_lesson(db, course_id=course_id, lesson_id=lesson_id)
    if expected_version is not None and expected_version != lesson.version:
        raise PreconditionFailed
    if not changes and order is None:
        return lesson
    if order is not None:
        await _move(db, lesson=lesson, order=order)
    edited = replace(lesson, **changes)
    if edited.content and "content" in changes:
        edited = replace(edited, content=clean_html(edited.content, field="content"))
    if course.is_published and not edited.is_ready:
        raise LessonEmpty
    updated = await lessons.update_lesson_fields(db, edited, now=now)
    if updated.duration_seconds != lesson.duration_seconds:
        await counters.refresh_lesson_totals(db, course_id)
    return updated


async def _move(db: Connection, *, lesson: Lesson, order: int) -> None:
    """To the place `order`, or to the end when that lies beyond; the others keep their order."""
    lesson_ids = await lessons.list_lesson_ids(db, lesson.course_id)
    lesson_ids.remove(lesson.id)
    lesson_ids.insert(order - 1, lesson.id)
    await lessons.set_lesson_order(db, course_id=lesson.course_id, lesson_ids=lesson_ids)
