"""Plans a refund: how much of which lines, and whether this caller may ask for it. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.currencies import CURRENCIES
from coursify.core.database import Connection
from coursify.modules.payments.errors import (
    AmountNotChargeable,
    CourseNotInPayment,
    PaymentDisputed,
    PaymentNotFound,
    PaymentNotRefundable,
    RefundExceedsPayment,
    RefundNotAllowed,
)
from coursify.modules.payments.models.orders import OrderLine
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.models.refunds import RefundPart
from coursify.modules.payments.policies import can_return, can_see_payment, left_to_refund
from coursify.modules.payments.pricing import spread_refund
from coursify.modules.payments.queries import order_lines, orders, payments


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """The lines that the refund concerns, and how much of each goes back."""

    payment: Payment
    lines: list[OrderLine]
    parts: list[RefundPart]

    @property
    def amount_minor(self) -> int:
        return sum(part.amount_minor for part in self.parts)


async def plan_refund(
    db: Connection,
    *,
    caller: Caller,
    payment_id: UUID,
    course_id: UUID | None,
    amount_minor: int | None,
    now: datetime,
    lock: bool,
) -> RefundPlan:
    """Without an amount, all that is left. With `lock`, order and payment stay locked until the transaction ends.

    Raises PaymentNotFound, CourseNotInPayment, RefundNotAllowed, PaymentNotRefundable, PaymentDisputed,
    RefundExceedsPayment, AmountNotChargeable.
    """
    payment = await payments.get_payment(db, payment_id)
    if not can_see_payment(caller, payment.user_id):
        raise PaymentNotFound
    if lock:
        await orders.lock_order(db, payment.order_id)
        payment = await payments.lock_payment(db, payment_id)
    lines = [
        line for line in await order_lines.list_order_lines(db, payment.order_id) if course_id in {None, line.course_id}
    ]
    if not lines:
        raise CourseNotInPayment
    _check_buyer(caller, payment, amount_minor, now)
    if not payment.is_refundable_now:
        raise PaymentDisputed if payment.is_disputed else PaymentNotRefundable
    return RefundPlan(payment, lines, _choose_parts(payment, lines, amount_minor))


def _check_buyer(caller: Caller, payment: Payment, amount_minor: int | None, now: datetime) -> None:
    """Buyers return whole courses, within the term that was frozen on their order."""
    if caller.is_admin or payment.paid_at is None:
        return
    if not can_return(payment.paid_at, refund_days=payment.refund_days, now=now):
        raise RefundNotAllowed
    if amount_minor is not None:
        raise RefundNotAllowed("Only whole courses can be returned: leave the amount out.")


def _choose_parts(payment: Payment, lines: list[OrderLine], amount_minor: int | None) -> list[RefundPart]:
    left, currency = left_to_refund(payment, lines), payment.currency
    if left == 0:
        raise PaymentNotRefundable
    if amount_minor is not None and amount_minor > left:
        raise RefundExceedsPayment(details=[{"field": "amount", "message": f"at most {left} is left"}])
    step = CURRENCIES[currency].step_minor
    if amount_minor is not None and amount_minor % step:
        raise AmountNotChargeable(
            details=[{"field": "amount", "message": f"must be a multiple of {step}: {currency} is settled so"}]
        )
    return spread_refund(lines, left if amount_minor is None else amount_minor, currency)
