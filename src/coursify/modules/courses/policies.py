"""May this person do this to this course? Pure: what someone may not see does not exist for them."""

from __future__ import annotations

from coursify.core.caller import Caller
from coursify.modules.courses.errors import CourseNotFound, NotYourCourse
from coursify.modules.courses.models import Course


def is_owner(course: Course, caller: Caller | None) -> bool:
    return caller is not None and caller.user_id == course.instructor_id


def can_edit_course(course: Course, caller: Caller | None) -> bool:
    """Its owner and admins."""
    return caller is not None and (caller.is_admin or is_owner(course, caller))


def can_see_course(course: Course, caller: Caller | None) -> bool:
    """Anyone while it is on sale; its owner and admins always; a deleted one nobody."""
    return course.is_on_sale or (course.deleted_at is None and can_edit_course(course, caller))


def require_visible(course: Course, caller: Caller | None) -> None:
    """Raises CourseNotFound."""
    if not can_see_course(course, caller):
        raise CourseNotFound


def require_editor(course: Course, caller: Caller) -> None:
    """Owner or admin. Raises CourseNotFound for what the caller may not see, else NotYourCourse."""
    require_visible(course, caller)
    if not can_edit_course(course, caller):
        raise NotYourCourse


def require_owner(course: Course, caller: Caller) -> None:
    """The owner alone: nobody else writes lessons or submits. Raises as require_editor does."""
    require_visible(course, caller)
    if not is_owner(course, caller):
        raise NotYourCourse
