"""The owner puts the lessons in a new order, naming each exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses import policies
from coursify.modules.courses.errors import LessonOrderMismatch
from coursify.modules.courses.queries import courses, lessons


async def reorder_lessons(db: Connection, *, caller: Caller, course_id: UUID, lesson_ids: Sequence[UUID]) -> None:
    """Positions become 1..n as named; raises LessonOrderMismatch for one missing, foreign or named twice.

    The course's lock makes two orders at once one after the other.
    """
    course = await courses.lock_course(db, course_id)
    policies.require_owner(course, caller)
    if sorted(await lessons.list_lesson_ids(db, course_id)) != sorted(lesson_ids):
        raise LessonOrderMismatch(details=[{"field": "lessonIds", "message": LessonOrderMismatch.message}])
    await lessons.set_lesson_order(db, course_id=course_id, lesson_ids=lesson_ids)
