"""Returns money on hold to the buyer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit, jobs
from coursify.core.database import Connection
from coursify.modules.payments.errors import PaymentDisputed, PaymentNotRefundable
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.queries import refunds
from coursify.modules.payments.services.close_order import close_order
from coursify.modules.payments.services.request_refund import EXECUTE


async def return_held_money(db: Connection, *, payment: Payment, returned_by: UUID | None, now: datetime) -> Refund:
    """Request the refund of everything that is left; the order ends. The caller holds the locks.

    `returned_by` is the admin who decided it, None where the system did. Raises PaymentNotRefundable, PaymentDisputed.
    """
    if payment.is_disputed:
        raise PaymentDisputed
    left = payment.amount_received_minor - payment.claimed_minor
    if not payment.is_unallocated or left <= 0:
        raise PaymentNotRefundable
    refund = await refunds.insert_refund(
        db,
        payment_id=payment.id,
        cause="wrong_amount",
        amount_minor=left,
        currency=payment.received.currency,
        reason=None,
        requested_by=returned_by,
        requested_by_admin=returned_by is not None,
        provider_refund_id=None,
        now=now,
    )
    await close_order(db, order_id=payment.order_id, now=now)
    await jobs.defer(db, EXECUTE, refund_id=refund.id)
    await audit.record(
        db,
        actor_id=returned_by,
        action="refund.create",
        target_type="refund",
        target_id=refund.id,
        details={"cause": "wrong_amount", "amountMinor": left, "currency": refund.currency},
    )
    return refund
