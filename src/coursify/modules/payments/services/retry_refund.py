"""Requests a failed refund again and asks the provider again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from coursify.core import jobs
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.services.lock_failed_refund import lock_failed_refund
from coursify.modules.payments.services.repeat_refund import repeat_refund
from coursify.modules.payments.services.request_refund import EXECUTE


async def retry_refund(
    db: Connection, *, caller: Caller, refund_id: UUID, two_person_limits: Mapping[str, int], now: datetime
) -> Refund:
    """Raises RefundNotFailed, PaymentDisputed, RefundExceedsPayment; SecondAdminNeeded where one is not enough."""
    failed = await lock_failed_refund(db, refund_id=refund_id)
    refund = await repeat_refund(
        db, failed=failed, action="refund", caller=caller, two_person_limits=two_person_limits, now=now
    )
    await jobs.defer(db, EXECUTE, refund_id=refund.id)
    return refund
