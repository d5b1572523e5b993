"""May this person do this to this review? Pure. A denied action answers that the review was not found."""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.modules.courses.models import Course
from coursify.modules.enrollments.errors import NotEnrolled
from coursify.modules.enrollments.models import Access
from coursify.modules.reviews.errors import AccessEnded, ReviewIsFinal
from coursify.modules.reviews.models import Review


def require_access_to_write(access: Access | None) -> None:
    """Only someone with a live grant writes a review. Raises NotEnrolled, AccessEnded."""
    if access is None:
        raise NotEnrolled
    if not access.is_open:
        raise AccessEnded


def require_access_to_change(access: Access | None) -> None:
    """Only someone with a live grant changes their review. Raises ReviewIsFinal."""
    if access is None or not access.is_open:
        raise ReviewIsFinal


def teaches(course: Course, user_id: UUID) -> bool:
    return course.instructor_id == user_id


def can_see_review(review: Review, caller: Caller | None) -> bool:
    """Anyone a visible one of a course on sale; its author and admins always."""
    if review.is_counted and review.is_course_on_sale:
        return True
    return caller is not None and (caller.is_admin or caller.user_id == review.user_id)


def can_change_review(review: Review, caller: Caller) -> bool:
    """Its author."""
    return caller.user_id == review.user_id


def can_report_review(review: Review, caller: Caller, *, is_learner: bool) -> bool:
    """Anyone who can read a visible one: on sale, or as a learner of its course."""
    return review.is_counted and (is_learner or can_see_review(review, caller))


def can_reply(review: Review, caller: Caller) -> bool:
    """The course's instructor, to what anyone can read."""
    return caller.user_id == review.instructor_id and review.is_counted
