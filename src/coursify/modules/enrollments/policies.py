"""May this person open this, learn this, see this? Pure; deny by default."""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.modules.enrollments.models import Enrollment, LessonAccess, LessonPage


def can_open_lesson(caller: Caller | None, lesson: LessonAccess) -> bool:
    """The course's instructor and admins always; anyone a preview of a course on sale; learners with open access."""
    if can_edit_lesson(caller, lesson):
        return True
    if lesson.is_preview and lesson.is_on_sale:
        return True
    return lesson.is_open


def can_edit_lesson(caller: Caller | None, lesson: LessonAccess) -> bool:
    return caller is not None and (caller.is_admin or caller.user_id == lesson.instructor_id)


def can_see_enrollment(caller: Caller, enrollment: Enrollment) -> bool:
    return caller.is_admin or caller.user_id == enrollment.user_id


def can_explain_access(caller: Caller, user_id: UUID) -> bool:
    return caller.is_admin or caller.user_id == user_id


def can_see_enrollments_of(caller: Caller, user_id: UUID) -> bool:
    return caller.is_admin or caller.user_id == user_id


def can_know_course(caller: Caller | None, lesson: LessonPage) -> bool:
    """Whether the lesson's existence is theirs to know: it is public, theirs, or they once learned it."""
    if lesson.is_on_sale or lesson.enrollment_id is not None:
        return True
    return can_edit_lesson(caller, lesson)
