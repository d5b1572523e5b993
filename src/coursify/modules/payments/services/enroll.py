"""Enroll in a free course, or in one that was paid and not yet granted; any other course names its price."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.database import Connection, Database
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.models import Course
from coursify.modules.courses.queries import courses
from coursify.modules.enrollments.errors import AlreadyEnrolled, CoursePriceDue, OwnCourse
from coursify.modules.enrollments.models import Enrollment
from coursify.modules.enrollments.queries import enrollments
from coursify.modules.enrollments.services.enroll_free import enroll_free
from coursify.modules.payments.errors import PaymentInProgress
from coursify.modules.payments.gateway import PaymentGateway
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.queries import buyers, order_lines, payments
from coursify.modules.payments.services.ask_provider import ask_provider
from coursify.modules.payments.services.cancel_order import cancel_order

MAX_ROUNDS = 4


async def enroll(
    database: Database, gateway: PaymentGateway, sealer: Sealer, *, user_id: UUID, course_id: UUID
) -> Enrollment:
    """Raises CourseNotFound, OwnCourse, AlreadyEnrolled, CoursePriceDue (with the price), PaymentInProgress.

    An open order of a course that is free now ends first: one of the two prices is paid, never both.
    """
    for _ in range(MAX_ROUNDS):
        async with database.transaction() as (db, now):
            course, payment = await _look(db, user_id=user_id, course_id=course_id, now=now)
            if payment is None and course.is_free:
                return await enroll_free(db, user_id=user_id, course_id=course_id, now=now)
        if payment is None:
            raise _price_due(course)
        if course.is_free and course.is_on_sale:
            await cancel_order(database, gateway, sealer, order_id=payment.order_id)
        else:
            await ask_provider(database, gateway, payment)
        async with database.transaction() as (db, now):
            enrollment = await enrollments.find_enrollment_of(db, user_id=user_id, course_id=course_id, now=now)
        if enrollment and enrollment.is_open:
            return enrollment
        await _refuse_while_paying(database, payment)
        if not course.is_on_sale:
            raise CourseNotFound
        if not course.is_free:
            raise _price_due(course)
    raise PaymentInProgress(headers={"Retry-After": "1"})


async def _look(db: Connection, *, user_id: UUID, course_id: UUID, now: datetime) -> tuple[Course, Payment | None]:
    """The course, and the payment of this person's open order of it; the buyer's row is locked.

    A course that left the sale is found only by someone who may have paid for it.
    """
    await buyers.lock_buyer(db, user_id)
    course = await courses.hold_course(db, course_id)
    open_orders = await order_lines.list_open_orders_of_courses(db, user_id=user_id, course_ids=[course_id])
    if course is None or course.price is None or not (course.is_on_sale or open_orders):
        raise CourseNotFound
    if course.instructor_id == user_id:
        raise OwnCourse
    enrollment = await enrollments.find_enrollment_of(db, user_id=user_id, course_id=course_id, now=now)
    if enrollment and enrollment.is_open:
        raise AlreadyEnrolled
    return course, await payments.get_payment_of_order(db, open_orders[0]) if open_orders else None


async def _refuse_while_paying(database: Database, payment: Payment) -> None:
    """Money is on its way, or on hold: nobody is asked to pay again."""
    async with database.read() as db:
        standing = await payments.get_payment(db, payment.id)
    if standing.next_step == "wait":
        raise PaymentInProgress


def _price_due(course: Course) -> CoursePriceDue:
    price = course.price
    if price is None:
        raise AssertionError("a published course has a price")
    return CoursePriceDue(
        f"This course costs {price.format()}. Pay for it first.",
        details=[{"field": "courseId", "message": f"{price.minor} {price.currency}"}],
        extra={"price": price.minor, "currency": price.currency},
    )
