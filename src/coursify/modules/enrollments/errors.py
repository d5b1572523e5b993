"""Errors of enrolling and learning."""

from __future__ import annotations

from coursify.core.errors import Conflict, Forbidden, Invalid, NotFound, PaymentRequired


class EnrollmentNotFound(NotFound):
    code, message = "enrollment_not_found", "Enrollment not found."


class AlreadyEnrolled(Conflict):
    code, message = "already_enrolled", "You are already enrolled in this course."
    remedy = "Open the course."


class OwnCourse(Conflict):
    code, message = "own_course", "You cannot enroll in your own course."
    remedy = "Open the course as its instructor."


class NotEnrolled(Forbidden):
    code, message = "not_enrolled", "Enroll in this course to do this."
    remedy = "Offer to enroll with `POST /enrollments`, or to buy the course."


class AccessClosed(Forbidden):
    code, message = "access_closed", "Your access to this course has ended. Your progress is kept."
    remedy = "Offer to buy the course again; `GET /access/explain` says why access ended."


class CoursePriceDue(PaymentRequired):
    code, message = "payment_required", "Payment is required for this course."


class LessonNotInCourse(NotFound):
    code, message = "lesson_not_found", "Lesson not found in this course."


class PositionBeyondLesson(Invalid):
    code, message = "position_beyond_lesson", "`positionSeconds` is beyond the end of the lesson."
    remedy = "Send a position within `durationSeconds`."
