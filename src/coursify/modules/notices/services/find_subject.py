"""What a notice is about: something that its sender can see."""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.errors import LessonNotFound
from coursify.modules.courses.queries import lessons
from coursify.modules.enrollments.services.open_course import open_course
from coursify.modules.notices.models import Subject, SubjectType
from coursify.modules.reviews.services.show_review import show_review


async def find_subject(
    db: Connection, *, caller: Caller | None, subject_type: SubjectType, subject_id: UUID
) -> Subject:
    """Raises CourseNotFound, LessonNotFound, ReviewNotFound, also for what the caller may not see."""
    if subject_type == "review":
        review = await show_review(db, caller=caller, review_id=subject_id)
        return Subject("review", review.id, review.course_id, review.user_id)
    course_id = subject_id
    if subject_type == "lesson":
        found = await lessons.find_course_of_lesson(db, subject_id)
        if found is None:
            raise LessonNotFound
        course_id = found
    course = await open_course(db, caller=caller, id_or_slug=str(course_id))
    return Subject(subject_type, subject_id, course.id, course.instructor_id)
