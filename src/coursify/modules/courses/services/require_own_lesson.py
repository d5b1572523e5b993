"""Before the bytes of a form are read: may this person change the lesson?"""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Database
from coursify.modules.courses import policies
from coursify.modules.courses.queries import courses, lessons


async def require_own_lesson(database: Database, *, caller: Caller, course_id: UUID, lesson_id: UUID) -> None:
    """Raises CourseNotFound, NotYourCourse, LessonNotFound. Checked again, locked, when the file is there."""
    async with database.read() as db:
        policies.require_owner(await courses.get_course(db, course_id), caller)
        await lessons.get_lesson(db, course_id=course_id, lesson_id=lesson_id)
