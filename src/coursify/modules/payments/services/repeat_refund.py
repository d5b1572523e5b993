"""Makes a new refund of one that failed: under the old key the provider would repeat its old answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.payments.models.proposals import MoneyDecision, RefundProposal
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.queries import proposals, refunds
from coursify.modules.payments.services.lock_failed_refund import FailedRefund
from coursify.modules.payments.services.require_second_admin import require_second_admin, settle_proposal
from coursify.modules.payments.services.withdraw_proposals import withdraw_proposals


async def repeat_refund(
    db: Connection,
    *,
    failed: FailedRefund,
    action: Literal["refund", "settle"],
    caller: Caller,
    two_person_limits: Mapping[str, int],
    now: datetime,
) -> Refund:
    """Store a refund of the same amount of the same lines; the failed one stays what it is.

    A retry of what a buyer or the system asked for does not count as an admin's. Raises SecondAdminNeeded.
    """
    proposal = await _agree(db, failed, action, caller, two_person_limits, now)
    refund = await refunds.insert_refund(
        db,
        payment_id=failed.payment.id,
        cause="request" if failed.refund.cause == "provider" else failed.refund.cause,
        amount_minor=failed.refund.amount_minor,
        currency=failed.refund.currency,
        reason=failed.refund.reason,
        requested_by=caller.user_id,
        requested_by_admin=failed.refund.requested_by_admin or action == "settle",
        provider_refund_id=None,
        now=now,
    )
    await refunds.insert_refund_parts(db, refund_id=refund.id, parts=failed.parts)
    if proposal:
        await settle_proposal(db, proposal=proposal, refund=refund, now=now)
    else:
        await proposals.carry_over(db, failed_refund_id=failed.refund.id, refund_id=refund.id)
    await withdraw_proposals(
        db, payment_id=failed.payment.id, actions=["settle"], failed_refund_id=failed.refund.id, now=now
    )
    await _record(db, failed, refund, action, caller)
    return refund


async def _record(
    db: Connection, failed: FailedRefund, refund: Refund, action: Literal["refund", "settle"], caller: Caller
) -> None:
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="refund.settle" if action == "settle" else "refund.create",
        target_type="refund",
        target_id=refund.id,
        details={
            "failedRefundId": str(failed.refund.id),
            "amountMinor": refund.amount_minor,
            "currency": refund.currency,
        },
    )


async def _agree(
    db: Connection,
    failed: FailedRefund,
    action: Literal["refund", "settle"],
    caller: Caller,
    two_person_limits: Mapping[str, int],
    now: datetime,
) -> RefundProposal | None:
    """A refund that two admins agreed on, or that the buyer asked for, is tried again by one admin.

    To record that it was paid otherwise is another decision: the two agreed that the provider pays it.
    """
    is_agreed = not failed.refund.requested_by_admin or await proposals.is_agreed(db, failed.refund.id)
    if is_agreed and action == "refund":
        return None
    decision = MoneyDecision(
        failed.payment,
        action,
        failed.refund.amount_minor,
        failed.refund.currency,
        course_id=failed.course_id,
        failed_refund_id=failed.refund.id if action == "settle" else None,
    )
    return await require_second_admin(db, decision, caller=caller, two_person_limits=two_person_limits, now=now)
