"""A refund that failed is asked of the provider again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Connection
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.services.lock_failed_refund import lock_failed_refund
from coursify.modules.payments.services.repeat_refund import repeat_refund
from coursify.modules.payments.services.request_refund import EXECUTE


async def retry_refund(db: Connection, *, refund_id: UUID, retried_by: UUID, now: datetime) -> Refund:
    """Raises RefundNotFailed, RefundExceedsPayment."""
    failed = await lock_failed_refund(db, refund_id=refund_id)
    refund = await repeat_refund(db, failed=failed, action="refund.create", repeated_by=retried_by, now=now)
    await jobs.defer(db, EXECUTE, refund_id=refund.id)
    return refund
