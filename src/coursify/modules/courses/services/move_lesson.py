"""The owner moves a lesson by one place, also into the section before or after its own."""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses import outline, policies
from coursify.modules.courses.outline import Step
from coursify.modules.courses.queries import courses, lessons, sections


async def move_lesson(db: Connection, *, caller: Caller, course_id: UUID, lesson_id: UUID, step: Step) -> None:
    """Raises LessonNotFound. The first lesson does not move up, nor the last one down."""
    course = await courses.lock_course(db, course_id)
    policies.require_owner(course, caller)
    await lessons.get_lesson(db, course_id=course_id, lesson_id=lesson_id)
    places = await lessons.list_lesson_places(db, course_id)
    moved = outline.move_lesson(places, await sections.list_sections(db, course_id), lesson_id, step)
    await sections.set_lesson_sections(
        db,
        course_id=course_id,
        lesson_ids=[each for each, _section in moved],
        section_ids=[section_id for _each, section_id in moved],
    )
