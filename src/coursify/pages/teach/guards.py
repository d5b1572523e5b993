"""What the pages of instructors ask of a request before anything else: whose course it is."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from coursify.core.http import SignedIn, WithDatabase
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.models import Course, Lesson
from coursify.modules.courses.policies import is_owner
from coursify.modules.courses.queries import courses, lessons


async def _own_course(course_id: UUID, caller: SignedIn, database: WithDatabase) -> Course:
    """Raises CourseNotFound for a course of somebody else too, also when it is on sale. Services ask again, locked."""
    async with database.read() as db:
        course = await courses.get_course(db, course_id)
    if course.deleted_at is not None or not is_owner(course, caller):
        raise CourseNotFound
    return course


OwnCourse = Annotated[Course, Depends(_own_course)]


async def _own_lesson(course: OwnCourse, lesson_id: UUID, database: WithDatabase) -> Lesson:
    """Raises CourseNotFound, LessonNotFound."""
    async with database.read() as db:
        return await lessons.get_lesson(db, course_id=course.id, lesson_id=lesson_id)


OwnLesson = Annotated[Lesson, Depends(_own_lesson)]
