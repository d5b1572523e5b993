"""A refund that failed is requested again, and the provider is asked again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Connection
from coursify.core.operations import Caller
from coursify.modules.payments.models.refunds import Refund, RefundProposal
from coursify.modules.payments.policies import two_person_limit
from coursify.modules.payments.queries import proposals
from coursify.modules.payments.services.lock_failed_refund import FailedRefund, lock_failed_refund
from coursify.modules.payments.services.repeat_refund import repeat_refund
from coursify.modules.payments.services.request_refund import EXECUTE
from coursify.modules.payments.services.require_second_admin import require_second_admin, settle_proposal


async def retry_refund(
    db: Connection, *, caller: Caller, refund_id: UUID, two_person_limits: Mapping[str, int], now: datetime
) -> Refund:
    """Raises RefundNotFailed, PaymentDisputed, RefundExceedsPayment; SecondAdminNeeded where one is not enough."""
    failed = await lock_failed_refund(db, refund_id=refund_id)
    proposal = await _agree(db, caller, failed, two_person_limits, now)
    refund = await repeat_refund(db, failed=failed, action="refund.create", repeated_by=caller.user_id, now=now)
    if proposal:
        await settle_proposal(db, proposal=proposal, refund=refund, now=now)
    await proposals.carry_over(db, failed_refund_id=refund_id, refund_id=refund.id)
    await jobs.defer(db, EXECUTE, refund_id=refund.id)
    return refund


async def _agree(
    db: Connection, caller: Caller, failed: FailedRefund, two_person_limits: Mapping[str, int], now: datetime
) -> RefundProposal | None:
    """What one admin asked for alone counts anew; what two agreed on, or the buyer asked for, needs nobody else."""
    if not failed.refund.requested_by_admin or await proposals.is_agreed(db, failed.refund.id):
        return None
    return await require_second_admin(
        db,
        caller=caller,
        payment=failed.payment,
        course_id=failed.course_id,
        amount_minor=failed.refund.amount_minor,
        limit_minor=two_person_limit(failed.refund.currency, two_person_limits),
        now=now,
    )
