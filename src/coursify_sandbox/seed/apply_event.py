"""Applies an event of the history through the same service that a request would call."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from coursify.core.currencies import CURRENCIES
from coursify.core.money import Money, share
from coursify.modules.enrollments.services.enroll_free import enroll_free
from coursify.modules.payments.gateway import IntentFact, RefundFact
from coursify.modules.payments.models.orders import Order
from coursify.modules.payments.queries import buyers, intents, payments
from coursify.modules.payments.services.apply_intent import apply_intent
from coursify.modules.payments.services.apply_refund import apply_refund
from coursify.modules.payments.services.place_order import Placed, Terms, place_order
from coursify.modules.payments.services.request_refund import request_refund
from coursify.modules.reviews.services.post_review import post_review
from coursify.modules.reviews.services.reply_to_review import reply_to_review
from coursify.modules.users.services.create_user import create_user
from coursify_sandbox.seed.plan_history import Bought, Enrolled, Event, Rated, Refunded, SignedUp, Student, Studied
from coursify_sandbox.seed.school import School, SeededPayment, caller_for

REPLIED_AFTER = timedelta(minutes=50)


async def apply_event(school: School, event: Event, *, now: datetime) -> None:
    """Apply the event at the time `now`."""
    match event:
        case SignedUp():
            await _sign_up(school, event.student, now)
        case Bought():
            await _buy(school, event, now)
        case Enrolled():
            await _enroll(school, event, now)
        case Studied():
            # Nothing else in the history depends on progress; it is stored for all students together.
            school.studied.append((now, event))
        case Rated():
            await _rate(school, event, now)
        case Refunded():
            await _refund(school, event, now)
        case _:
            assert_never(event)


async def _sign_up(school: School, student: Student, now: datetime) -> None:
    user = await create_user(
        school.db,
        name=student.name,
        email=student.email,
        password_hash=school.password_hashes.get(student.email),
        role="student",
        email_verified_at=now,
        now=now,
    )
    school.people[student.email] = user.id


async def _buy(school: School, event: Bought, now: datetime) -> None:
    """Place the order and apply the provider's fact that it was paid."""
    settings = school.settings.app
    placed = await place_order(
        school.db,
        user_id=school.people[event.student.email],
        fields={school.courses[title].id: "courseIds" for title in event.courses},
        terms=Terms(settings.instructor_share_bp, settings.refund_days, settings.default_currency),
        now=now,
    )
    if not isinstance(placed, Placed):
        raise TypeError("a sample student has no open order")
    customer_id = await _customer(school, event.student, now)
    fact = _paid(placed.order, school.provider_id("pi"), customer_id)
    payment = await payments.get_payment_of_order(school.db, placed.order.id)
    await intents.set_intent(school.db, payment.id, provider_payment_id=fact.id, client_secret=None, now=now)
    await apply_intent(school.db, payment_id=payment.id, fact=fact, fetch_number=school.fetch_number, now=now)
    school.payments[event.number] = SeededPayment(payment.id, fact.id, payment.amount_minor)
    school.provider.add_payment(fact, description=", ".join(event.courses), at=now)


async def _customer(school: School, student: Student, now: datetime) -> str:
    user_id = school.people[student.email]
    if user_id not in school.customers:
        customer_id = school.customers[user_id] = school.provider_id("cus", 14)
        await buyers.insert_customer(school.db, user_id=user_id, provider_customer_id=customer_id, now=now)
        school.provider.add_customer(customer_id, user_id=user_id, email=student.email, name=student.name, at=now)
    return school.customers[user_id]


def _paid(order: Order, intent_id: str, customer_id: str) -> IntentFact:
    return IntentFact(
        id=intent_id,
        status="succeeded",
        amount=order.total,
        received=order.total,
        order_id=str(order.id),
        customer_id=customer_id,
        client_secret=None,
        error_code=None,
        error_message=None,
        fee=_fee(order.total),
    )


def _fee(amount: Money) -> Money:
    """2.9 % and 0.30, as the provider takes from a card."""
    fixed = 30 * 10 ** CURRENCIES[amount.currency].decimals // 100
    return Money(share(amount.minor, 290) + fixed, amount.currency)


async def _enroll(school: School, event: Enrolled, now: datetime) -> None:
    user_id, course_id = school.people[event.student.email], school.courses[event.course].id
    await enroll_free(school.db, user_id=user_id, course_id=course_id, now=now)


async def _rate(school: School, event: Rated, now: datetime) -> None:
    course = school.courses[event.course]
    review = await post_review(
        school.db,
        user_id=school.people[event.student.email],
        course_id=course.id,
        rating=event.stars,
        comment=event.comment,
        now=now,
    )
    if event.reply:
        instructor = caller_for(course.instructor_id, "instructor", now=now)
        await reply_to_review(
            school.db, caller=instructor, review_id=review.id, reply=event.reply, now=now + REPLIED_AFTER
        )


async def _refund(school: School, event: Refunded, now: datetime) -> None:
    """Request the refund and apply the provider's fact that it succeeded."""
    payment = school.payments[event.purchase]
    is_whole = event.percent == 100
    buyer: UUID = school.people[event.student.email]
    refund = await request_refund(
        school.db,
        caller=caller_for(buyer, "student", now=now)
        if is_whole
        else caller_for(school.admin.user_id, "admin", now=now),
        payment_id=payment.id,
        course_id=None,
        amount_minor=None if is_whole else payment.amount_minor * event.percent // 100,
        reason=event.reason,
        two_person_limits={},  # the sample school has one admin
        now=now,
    )
    amount = Money(refund.amount_minor, refund.currency)
    fact = RefundFact(school.provider_id("re"), payment.intent_id, "succeeded", amount, str(refund.id), None, now)
    await apply_refund(school.db, payment_id=payment.id, fact=fact, fetch_number=school.fetch_number, now=now)
    school.provider.add_refund(fact.id, intent_id=payment.intent_id, amount=amount, at=now)
