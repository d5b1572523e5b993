"""What can go wrong with reviews, by name."""

from __future__ import annotations

from coursify.core.errors import Conflict, Forbidden, NotFound
from coursify.modules.enrollments.errors import NotEnrolled


class ReviewNotFound(NotFound):
    code, message = "review_not_found", "There is no such review."


class AlreadyReviewed(Conflict):
    code, message = "already_reviewed", "You have reviewed this course already; change that review."
    remedy = "Change the existing review with `PUT /reviews/{id}`."


class AccessEnded(NotEnrolled):
    message = "Your access to this course has ended; only someone with access reviews it."


class ReviewIsFinal(NotEnrolled):
    message = "Your access to this course has ended; your review can be deleted but not changed."


class OwnCourseReview(Forbidden):
    code, message = "own_course_review", "Instructors do not review their own courses."
