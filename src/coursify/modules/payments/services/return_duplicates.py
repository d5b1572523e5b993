"""Returns the price of a course that was open already when it was paid, and notifies buyer and admins."""

from __future__ import annotations

from datetime import datetime

from coursify.core import audit, jobs
from coursify.core.database import Connection
from coursify.modules.attention.services.flag import flag
from coursify.modules.payments import emails
from coursify.modules.payments.models.orders import OrderLine
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.models.refunds import Refund, RefundPart
from coursify.modules.payments.queries import refunds
from coursify.modules.payments.services.request_refund import EXECUTE


async def return_duplicates(db: Connection, *, payment: Payment, lines: list[OrderLine], now: datetime) -> None:
    """Request one refund of what these lines hold; the buyer gets an email, the admins an item on the work list.

    A line whose money went back so before, and came back, is not sent again by itself: a person decides.
    """
    if not lines:
        return
    tried = await refunds.list_lines_returned_as_duplicates(db, [line.id for line in lines])
    parts = [RefundPart(line.id, line.refundable_minor) for line in lines if line.id not in tried]
    parts = [part for part in parts if part.amount_minor]
    why = "A course that was open already was paid; its money came back, decide on it"
    if parts:
        refund = await _request(db, payment, parts, now)
        why = f"A course that was open already was paid; {refund.amount.format()} is being returned"
    if parts or tried:
        await flag(db, kind="paid_twice", object_type="payment", object_id=payment.id, why=f"{why}.", now=now)


async def _request(db: Connection, payment: Payment, parts: list[RefundPart], now: datetime) -> Refund:
    refund = await refunds.insert_refund(
        db,
        payment_id=payment.id,
        cause="duplicate",
        amount_minor=sum(part.amount_minor for part in parts),
        currency=payment.currency,
        reason=None,
        requested_by=None,
        requested_by_admin=False,
        provider_refund_id=None,
        now=now,
    )
    await refunds.insert_refund_parts(db, refund_id=refund.id, parts=parts)
    await jobs.defer(db, EXECUTE, refund_id=refund.id)
    await emails.send_duplicate_payment(db, refund=refund, user_id=payment.user_id, now=now)
    await audit.record(
        db,
        actor_id=None,
        action="refund.create",
        target_type="refund",
        target_id=refund.id,
        details={"cause": "duplicate", "amountMinor": refund.amount_minor, "paymentId": str(payment.id)},
    )
    return refund
