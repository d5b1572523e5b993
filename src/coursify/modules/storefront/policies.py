"""Which courses are open to a person? Pure."""

from __future__ import annotations

from coursify.core.caller import Caller
from coursify.modules.courses.models import Course
from coursify.modules.storefront.models import Relation


def can_learn(caller: Caller, course: Course, relation: Relation) -> bool:
    """Learners with a live grant, the course's instructor, and admins."""
    return relation.is_open or caller.is_admin or caller.user_id == course.instructor_id
