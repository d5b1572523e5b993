"""Locks a refund that failed, with its payment, and checks that its parts can still be given back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.payments.errors import PaymentDisputed, RefundExceedsPayment, RefundNotFailed
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.models.refunds import Refund, RefundPart
from coursify.modules.payments.queries import order_lines, orders, payments, refunds


@dataclass(frozen=True, slots=True)
class FailedRefund:
    """`course_id` is the one course that the refund concerns; None for several, or for none."""

    refund: Refund
    payment: Payment
    parts: list[RefundPart]
    course_id: UUID | None


async def lock_failed_refund(db: Connection, *, refund_id: UUID) -> FailedRefund:
    """Raises RefundNotFound, RefundNotFailed, PaymentDisputed, and RefundExceedsPayment when its money is gone."""
    found = await refunds.get_refund(db, refund_id)
    await orders.lock_order_of_payment(db, found.payment_id)
    payment = await payments.lock_payment(db, found.payment_id)
    refund = await refunds.get_refund(db, refund_id)
    if refund.status != "failed":
        raise RefundNotFailed
    if payment.is_disputed:
        raise PaymentDisputed
    parts = await refunds.list_refund_parts(db, refund_id)
    lines = {line.id: line for line in await order_lines.list_order_lines(db, payment.order_id)}
    if any(part.amount_minor > lines[part.order_line_id].refundable_minor for part in parts):
        raise RefundExceedsPayment
    if refund.amount_minor > payment.unclaimed_minor:
        raise RefundExceedsPayment
    course_id = lines[parts[0].order_line_id].course_id if len(parts) == 1 else None
    return FailedRefund(refund, payment, parts, course_id)
