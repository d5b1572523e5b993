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


class OwnReviewReport(Forbidden):
    code, message = "own_review_report", "You cannot report your own review. You can change or delete it."


class ReviewAlreadyHidden(Conflict):
    code, message = "review_already_hidden", "This review is hidden already."


class ReviewNotHidden(Conflict):
    code, message = "review_not_hidden", "This review is visible."


class ReviewNotReported(Conflict):
    code, message = "review_not_reported", "This review has no open reports."
    remedy = "Load the list again."


class OwnCourseReview(Forbidden):
    code, message = "own_course_review", "You cannot review your own course."
