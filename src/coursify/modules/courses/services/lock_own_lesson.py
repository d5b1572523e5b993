"""The owner of a course changes the media of a lesson: person, course and lesson are checked and locked."""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses import policies
from coursify.modules.courses.models import Course, Lesson
from coursify.modules.courses.queries import courses, lessons
from coursify.modules.users.services.lock_active_user import lock_active_user


async def lock_own_lesson(db: Connection, *, caller: Caller, course_id: UUID, lesson_id: UUID) -> tuple[Course, Lesson]:
    """Raises CourseNotFound, NotYourCourse, LessonNotFound. The person is locked before the course, as everywhere."""
    await lock_active_user(db, caller.user_id)
    course = await courses.lock_course(db, course_id)
    policies.require_owner(course, caller)
    return course, await lessons.get_lesson(db, course_id=course_id, lesson_id=lesson_id)
