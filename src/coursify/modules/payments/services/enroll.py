"""Somebody wants in: a free course opens, one that was paid meanwhile is fulfilled, the others name their price."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.core.gateways import PaymentGateway
from coursify.modules.courses import queries as courses
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.enrollments import queries as enrollments
from coursify.modules.enrollments.errors import AlreadyEnrolled, CoursePriceDue, OwnCourse
from coursify.modules.enrollments.models import Enrollment
from coursify.modules.enrollments.services.enroll_free import enroll_free
from coursify.modules.payments.queries import orders, payments
from coursify.modules.payments.services.ask_provider import ask_provider


async def enroll(database: Database, gateway: PaymentGateway, *, user_id: UUID, course_id: UUID) -> Enrollment:
    """Raises CourseNotFound, OwnCourse, AlreadyEnrolled, CoursePriceDue (with the price)."""
    async with database.transaction() as (db, now):
        course = await courses.hold_course(db, course_id)
        if course is None or not course.is_published or course.price is None:
            raise CourseNotFound
        if course.instructor_id == user_id:
            raise OwnCourse
        standing = await enrollments.find_enrollment_of(db, user_id=user_id, course_id=course_id, now=now)
        if standing and standing.is_open:
            raise AlreadyEnrolled
        if course.is_free:
            return await enroll_free(db, user_id=user_id, course_id=course_id, now=now)
        order_id = await orders.find_unsettled_order(db, user_id=user_id, course_id=course_id)
        payment = await payments.get_payment_of_order(db, order_id) if order_id else None
    if payment:
        await ask_provider(database, gateway, payment)
        async with database.transaction() as (db, now):
            standing = await enrollments.find_enrollment_of(db, user_id=user_id, course_id=course_id, now=now)
        if standing and standing.is_open:
            return standing
    raise CoursePriceDue(
        f"This course costs {course.price.format()}. Pay for it first.",
        details=[{"field": "courseId", "message": f"{course.price.minor} {course.price.currency}"}],
        extra={"price": course.price.minor, "currency": course.price.currency},
    )
