"""A refund that failed becomes a new one: the provider would repeat its answer to the old one for ever."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.database import Connection
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.queries import refunds
from coursify.modules.payments.services.lock_failed_refund import FailedRefund


async def repeat_refund(
    db: Connection, *, failed: FailedRefund, action: str, repeated_by: UUID, now: datetime
) -> Refund:
    """The same amount of the same lines; the failed one stays what it is.

    What a buyer or the system asked for stays so: it does not count as an admin's.
    """
    refund = await refunds.insert_refund(
        db,
        payment_id=failed.payment.id,
        cause="request" if failed.refund.cause == "provider" else failed.refund.cause,
        amount_minor=failed.refund.amount_minor,
        currency=failed.refund.currency,
        reason=failed.refund.reason,
        requested_by=repeated_by,
        requested_by_admin=failed.refund.requested_by_admin,
        provider_refund_id=None,
        now=now,
    )
    await refunds.insert_refund_parts(db, refund_id=refund.id, parts=failed.parts)
    await audit.record(
        db,
        actor_id=repeated_by,
        action=action,
        target_type="refund",
        target_id=refund.id,
        details={
            "failedRefundId": str(failed.refund.id),
            "amountMinor": refund.amount_minor,
            "currency": refund.currency,
        },
    )
    return refund
