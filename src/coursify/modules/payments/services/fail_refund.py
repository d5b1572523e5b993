"""Ends a refund that the provider will not pay: its amount may be refunded again."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection
from coursify.modules.attention.services.flag import flag
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.queries import orders, payments, refunds
from coursify.modules.payments.services.book_returns import book_returns
from coursify.modules.payments.services.derive_access import derive_access

# The money is back already, by another refund that we have adopted: nothing is left to do.
ALREADY_REFUNDED = "already_refunded"
REFUSED = "provider_refused"


async def fail_refund(db: Connection, *, refund: Refund, failure: str, reason: str, now: datetime) -> None:
    """Only a refund that is still requested fails here; what the provider reported since is left as it is.

    `failure` is a code of ours that clients read; `reason` is the provider's sentence, for the work list only.
    """
    await orders.lock_order_of_payment(db, refund.payment_id)
    payment = await payments.lock_payment(db, refund.payment_id)
    refund = await refunds.get_refund(db, refund.id)
    if refund.status != "requested":
        return
    await refunds.set_refund_status(
        db, refund.id, status="failed", provider_refund_id=None, failure=failure, fetch_number=None, now=now
    )
    await book_returns(db, payment=payment, now=now)
    await derive_access(db, order_id=payment.order_id, now=now)
    if failure != ALREADY_REFUNDED:
        await flag(
            db,
            kind="refund_failed",
            object_type="refund",
            object_id=refund.id,
            why=f"The provider refused the refund of {refund.amount.format()}: {reason}.",
            now=now,
        )
