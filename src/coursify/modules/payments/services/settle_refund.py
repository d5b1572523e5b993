"""Records that a refund that the provider could not pay was paid otherwise, by bank transfer for example."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.notifications.services.notify import notify
from coursify.modules.payments import emails
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.queries import refunds
from coursify.modules.payments.services.book_returns import book_returns
from coursify.modules.payments.services.derive_access import derive_access
from coursify.modules.payments.services.end_held_money import end_held_money
from coursify.modules.payments.services.lock_failed_refund import lock_failed_refund
from coursify.modules.payments.services.repeat_refund import repeat_refund


async def settle_refund(
    db: Connection, *, caller: Caller, refund_id: UUID, two_person_limits: Mapping[str, int], now: datetime
) -> Refund:
    """A refund of its own, beside the failed one: the provider may still report that it paid that one after all.

    It is booked from the bank, closes the access that it returns, and the buyer gets an email. Raises RefundNotFailed,
    RefundExceedsPayment, PaymentDisputed; SecondAdminNeeded where one is not enough.
    """
    failed = await lock_failed_refund(db, refund_id=refund_id)
    repeated = await repeat_refund(
        db, failed=failed, action="settle", caller=caller, two_person_limits=two_person_limits, now=now
    )
    await refunds.set_settled_by(db, repeated.id, settled_by=caller.user_id)
    refund = await refunds.set_refund_status(
        db, repeated.id, status="succeeded", provider_refund_id=None, failure=None, fetch_number=None, now=now
    )
    await book_returns(db, payment=failed.payment, now=now)
    await derive_access(db, order_id=failed.payment.order_id, now=now)
    await end_held_money(db, payment_id=failed.payment.id, now=now)
    await emails.send_refund(db, refund=refund, user_id=failed.payment.user_id, now=now)
    await notify(db, user_id=failed.payment.user_id, kind="refund_succeeded", subject_id=refund.id, now=now)
    return refund
