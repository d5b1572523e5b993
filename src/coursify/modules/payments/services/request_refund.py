"""Money shall go back: what is left is checked under the payment's lock, and stored with the job that asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from coursify.core import audit, jobs
from coursify.core.database import Connection
from coursify.core.errors import StepUpRequired
from coursify.core.operations import Caller
from coursify.modules.payments.errors import (
    CourseNotInPayment,
    PaymentDisputed,
    PaymentNotFound,
    PaymentNotRefundable,
    RefundExceedsPayment,
    RefundNotAllowed,
)
from coursify.modules.payments.models import RECEIVED, Order, OrderLine, Payment, Refund, RefundPart, RefundProposal
from coursify.modules.payments.policies import can_return, can_see_payment
from coursify.modules.payments.pricing import spread_refund
from coursify.modules.payments.queries import orders, payments, proposals, refunds
from coursify.modules.payments.services.require_second_admin import require_second_admin
from coursify.modules.users.policies import has_stepped_up

EXECUTE = "payments.execute_refund"


async def request_refund(
    db: Connection,
    *,
    caller: Caller,
    payment_id: UUID,
    course_id: UUID | None,
    amount_minor: int | None,
    reason: str | None,
    refund_days: int,
    two_person_limits: Mapping[str, int],
    now: datetime,
) -> Refund:
    """Admins who stepped up may give back any part, above a currency's limit (minor units) two of them together.

    Buyers may give back whole courses within the term. The provider settles it.
    """
    if caller.is_admin and not has_stepped_up(caller, now):
        raise StepUpRequired
    order, payment = await _lock(db, payment_id, caller)
    lines = _lines_of(await orders.list_order_lines(db, order.id), course_id)
    _check_buyer(caller, order, amount_minor, refund_days, now)
    _check_state(payment)
    parts = _choose_parts(lines, amount_minor)
    proposal = None
    if caller.is_admin:
        proposal = await require_second_admin(
            db,
            caller=caller,
            payment=payment,
            course_id=course_id,
            amount_minor=sum(part.amount_minor for part in parts),
            limit_minor=two_person_limits.get(payment.currency),
            now=now,
        )
    refund = await _store(db, caller, payment, parts, reason, now)
    await jobs.defer(db, EXECUTE, refund_id=refund.id)
    await _record(db, caller, refund, proposal, now)
    return refund


async def _lock(db: Connection, payment_id: UUID, caller: Caller) -> tuple[Order, Payment]:
    payment = await payments.get_payment(db, payment_id)
    if not can_see_payment(caller, payment.user_id):
        raise PaymentNotFound
    order = await orders.lock_order(db, payment.order_id)
    return order, await payments.lock_payment(db, payment_id)


def _lines_of(lines: list[OrderLine], course_id: UUID | None) -> list[OrderLine]:
    chosen = [line for line in lines if course_id in {None, line.course_id}]
    if not chosen:
        raise CourseNotInPayment
    return chosen


def _check_buyer(caller: Caller, order: Order, amount_minor: int | None, refund_days: int, now: datetime) -> None:
    if caller.is_admin or order.paid_at is None:
        return
    if amount_minor is not None or not can_return(order.paid_at, refund_days=refund_days, now=now):
        raise RefundNotAllowed


def _check_state(payment: Payment) -> None:
    if payment.intent_rank != RECEIVED:
        raise PaymentNotRefundable
    if payment.is_disputed:
        raise PaymentDisputed


def _choose_parts(lines: list[OrderLine], amount_minor: int | None) -> list[RefundPart]:
    left = sum(line.refundable_minor for line in lines)
    if left == 0:
        raise PaymentNotRefundable
    if amount_minor is not None and amount_minor > left:
        raise RefundExceedsPayment(details=[{"field": "amount", "message": f"at most {left} is left"}])
    return spread_refund(lines, left if amount_minor is None else amount_minor)


async def _store(
    db: Connection, caller: Caller, payment: Payment, parts: list[RefundPart], reason: str | None, now: datetime
) -> Refund:
    refund = await refunds.insert_refund(
        db,
        payment_id=payment.id,
        amount_minor=sum(part.amount_minor for part in parts),
        currency=payment.currency,
        reason=reason,
        requested_by=caller.user_id,
        requested_by_admin=caller.is_admin,
        provider_refund_id=None,
        now=now,
    )
    await refunds.insert_refund_parts(db, refund_id=refund.id, parts=parts)
    return refund


async def _record(
    db: Connection, caller: Caller, refund: Refund, proposal: RefundProposal | None, now: datetime
) -> None:
    details = {"amountMinor": refund.amount_minor, "currency": refund.currency, "paymentId": str(refund.payment_id)}
    if proposal:
        await proposals.settle_proposal(
            db, proposal.id, refund_id=refund.id, confirmed_by=proposal.confirmed_by, now=now
        )
        if proposal.confirmed_by:
            details |= {"proposalId": str(proposal.id), "proposedBy": str(proposal.proposed_by)}
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="refund.create",
        target_type="refund",
        target_id=refund.id,
        details=details,
    )
