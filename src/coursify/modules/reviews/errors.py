"""Errors of reviews."""

from __future__ import annotations

from coursify.core.errors import Conflict, Forbidden, NotFound
from coursify.modules.enrollments.errors import NotEnrolled


class ReviewNotFound(NotFound):
    code, message = "review_not_found", "Review not found."


class AlreadyReviewed(Conflict):
    code, message = "already_reviewed", "You have already reviewed this course. Update that review."
    remedy = "Change the existing review with `PUT /reviews/{id}`."


class AccessEnded(NotEnrolled):
    message = "Your access to this course has ended. A review needs access."


class ReviewIsFinal(NotEnrolled):
    message = "Your access to this course has ended. You can delete your review but not change it."


class OwnCourseReview(Forbidden):
    code, message = "own_course_review", "You cannot review your own course."
