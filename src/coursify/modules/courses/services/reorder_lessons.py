"""The owner puts the lessons in a new order, naming each exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses import policies
from coursify.modules.courses.errors import LessonOrderMismatch, LessonOutsideSection
from coursify.modules.courses.outline import keeps_sections_together
from coursify.modules.courses.queries import courses, lessons


async def reorder_lessons(db: Connection, *, caller: Caller, course_id: UUID, lesson_ids: Sequence[UUID]) -> None:
    """Positions become 1..n as named; raises LessonOrderMismatch for one missing, foreign or named twice.

    Lessons keep their sections: an order that would divide one raises LessonOutsideSection.
    The course's lock makes two orders at once one after the other.
    """
    course = await courses.lock_course(db, course_id)
    policies.require_owner(course, caller)
    places = await lessons.list_lesson_places(db, course_id)
    if sorted(place.lesson_id for place in places) != sorted(lesson_ids):
        raise LessonOrderMismatch(details=[{"field": "lessonIds", "message": LessonOrderMismatch.message}])
    if not keeps_sections_together(places, lesson_ids):
        raise LessonOutsideSection(details=[{"field": "lessonIds", "message": LessonOutsideSection.message}])
    await lessons.set_lesson_order(db, course_id=course_id, lesson_ids=lesson_ids)
