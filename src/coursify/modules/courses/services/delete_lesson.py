"""The owner removes a lesson; those behind it move up, and what learners did in it is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit, jobs
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses import policies
from coursify.modules.courses.errors import LastLesson
from coursify.modules.courses.queries import counters, courses, lessons
from coursify.modules.courses.services.release_media import release_media

# Of enrollments, which listens for it: who had only this lesson left has completed the course.
COMPLETE_COURSE = "enrollments.complete_course"
FIRST = UUID(int=0)


async def delete_lesson(db: Connection, *, caller: Caller, course_id: UUID, lesson_id: UUID, now: datetime) -> None:
    """Raises LastLesson for the only lesson of a course that is on sale or waiting."""
    course = await courses.lock_course(db, course_id)
    policies.require_owner(course, caller)
    lesson = await lessons.get_lesson(db, course_id=course_id, lesson_id=lesson_id)
    if course.must_be_complete and course.lesson_count <= 1:
        raise LastLesson
    await release_media(db, lesson_id, now=now)
    await lessons.mark_lesson_deleted(db, lesson_id, now=now)
    await lessons.close_gap_in_lessons(db, course_id=course_id, position=lesson.position or 0)
    await counters.refresh_lesson_totals(db, course_id)
    await jobs.defer(db, COMPLETE_COURSE, course_id=course_id, after_id=FIRST, removed_at=now.isoformat())
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="lesson.delete",
        target_type="lesson",
        target_id=lesson_id,
        details={"courseId": str(course_id), "courseStatus": course.status},
    )
