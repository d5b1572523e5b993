"""A refund that the provider could not pay was paid otherwise, by bank transfer say: an admin says so."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.database import Connection
from coursify.modules.payments import emails
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.queries import refunds
from coursify.modules.payments.services.book_refund import book_refund
from coursify.modules.payments.services.derive_access import derive_access
from coursify.modules.payments.services.end_held_money import end_held_money
from coursify.modules.payments.services.lock_failed_refund import lock_failed_refund


async def settle_refund(db: Connection, *, refund_id: UUID, settled_by: UUID, now: datetime) -> Refund:
    """Book it from the bank, close the access that it returns, and write to the buyer. Raises RefundNotFailed."""
    failed = await lock_failed_refund(db, refund_id=refund_id)
    await refunds.set_settled_by(db, refund_id, settled_by=settled_by)
    refund = await refunds.set_refund_status(
        db,
        refund_id,
        status="succeeded",
        provider_refund_id=None,
        failure=failed.refund.failure,
        fetch_number=None,
        now=now,
    )
    await book_refund(db, payment=failed.payment, refund=refund, now=now)
    await derive_access(db, order_id=failed.payment.order_id, now=now)
    await end_held_money(db, payment_id=failed.payment.id, now=now)
    await emails.send_refund(db, refund=refund, user_id=failed.payment.user_id, now=now)
    await audit.record(
        db,
        actor_id=settled_by,
        action="refund.settle",
        target_type="refund",
        target_id=refund.id,
        details={"amountMinor": refund.amount_minor, "currency": refund.currency},
    )
    return refund
