"""A refund that failed is requested again: the provider would repeat its answer to the old one for ever."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit, jobs
from coursify.core.database import Connection
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.queries import refunds
from coursify.modules.payments.services.lock_failed_refund import lock_failed_refund
from coursify.modules.payments.services.request_refund import EXECUTE


async def retry_refund(db: Connection, *, refund_id: UUID, retried_by: UUID, now: datetime) -> Refund:
    """The same amount of the same lines, as a new refund. Raises RefundNotFailed, RefundExceedsPayment."""
    failed = await lock_failed_refund(db, refund_id=refund_id)
    refund = await refunds.insert_refund(
        db,
        payment_id=failed.payment.id,
        cause="request" if failed.refund.cause == "provider" else failed.refund.cause,
        amount_minor=failed.refund.amount_minor,
        currency=failed.refund.currency,
        reason=failed.refund.reason,
        requested_by=retried_by,
        requested_by_admin=True,
        provider_refund_id=None,
        now=now,
    )
    await refunds.insert_refund_parts(db, refund_id=refund.id, parts=failed.parts)
    await jobs.defer(db, EXECUTE, refund_id=refund.id)
    await audit.record(
        db,
        actor_id=retried_by,
        action="refund.create",
        target_type="refund",
        target_id=refund.id,
        details={"failedRefundId": str(refund_id), "amountMinor": refund.amount_minor, "currency": refund.currency},
    )
    return refund
