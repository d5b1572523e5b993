"""What can go wrong when someone enrolls or learns."""

from __future__ import annotations

from coursify.core.errors import Conflict, Forbidden, Invalid, NotFound, PaymentRequired


class EnrollmentNotFound(NotFound):
    code, message = "enrollment_not_found", "There is no such enrollment."


class AlreadyEnrolled(Conflict):
    code, message = "already_enrolled", "You are enrolled in this course already."
    remedy = "Open the course."


class OwnCourse(Conflict):
    code, message = "own_course", "You teach this course; instructors do not enroll in their own."
    remedy = "Open the course as its instructor."


class NotEnrolled(Forbidden):
    code, message = "not_enrolled", "Enroll in this course to do this."
    remedy = "Offer to enroll with `POST /enrollments`, or to buy the course."


class AccessClosed(Forbidden):
    code, message = "access_closed", "Your access to this course has ended; your progress is kept."
    remedy = "Offer to buy the course again; `GET /access/explain` tells why access ended."


class CoursePriceDue(PaymentRequired):
    code, message = "payment_required", "Payment is required for this course."


class LessonNotInCourse(NotFound):
    code, message = "lesson_not_found", "This course has no such lesson."


class PositionBeyondLesson(Invalid):
    code, message = "position_beyond_lesson", "positionSeconds lies beyond the lesson's end."
    remedy = "Send a position within `durationSeconds`."
