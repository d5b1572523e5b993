"""Requests a refund: what is left is checked under the payment's lock, and stored with the job that executes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from coursify.core import audit, jobs
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.core.errors import StepUpRequired
from coursify.modules.identity.policies import has_stepped_up
from coursify.modules.payments.errors import PaymentChanged
from coursify.modules.payments.models.proposals import MoneyDecision, RefundProposal
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.policies import left_to_refund
from coursify.modules.payments.queries import refunds
from coursify.modules.payments.services.plan_refund import RefundPlan, plan_refund
from coursify.modules.payments.services.require_second_admin import require_second_admin, settle_proposal

EXECUTE = "payments.execute_refund"


async def request_refund(
    db: Connection,
    *,
    caller: Caller,
    payment_id: UUID,
    course_id: UUID | None,
    amount_minor: int | None,
    reason: str | None,
    two_person_limits: Mapping[str, int],
    now: datetime,
    left_minor: int | None = None,
) -> Refund:
    """Admins who stepped up may give back any part; above a currency's limit (minor units) it takes two of them.

    Buyers may give back whole courses within the term. `left_minor` is what the caller saw to be left: with another
    amount under the lock, the request was sent twice, or somebody else was faster. Raises StepUpRequired,
    SecondAdminNeeded, PaymentChanged, and what `plan_refund` raises. The provider settles the refund.
    """
    if caller.is_admin and not has_stepped_up(caller, now):
        raise StepUpRequired
    plan = await plan_refund(
        db,
        caller=caller,
        payment_id=payment_id,
        course_id=course_id,
        amount_minor=amount_minor,
        now=now,
        lock=True,
    )
    if left_minor is not None and left_to_refund(plan.payment, plan.lines) != left_minor:
        raise PaymentChanged
    proposal = await _confirm(db, caller, plan, course_id, two_person_limits, now)
    refund = await _store(db, caller, plan, reason, now)
    await jobs.defer(db, EXECUTE, refund_id=refund.id)
    await _record(db, caller, refund, proposal, now)
    return refund


async def _confirm(
    db: Connection,
    caller: Caller,
    plan: RefundPlan,
    course_id: UUID | None,
    two_person_limits: Mapping[str, int],
    now: datetime,
) -> RefundProposal | None:
    """What a second admin had to confirm, if anything."""
    if not caller.is_admin:
        return None
    decision = MoneyDecision(plan.payment, "refund", plan.amount_minor, plan.payment.currency, course_id)
    return await require_second_admin(db, decision, caller=caller, two_person_limits=two_person_limits, now=now)


async def _store(db: Connection, caller: Caller, plan: RefundPlan, reason: str | None, now: datetime) -> Refund:
    refund = await refunds.insert_refund(
        db,
        payment_id=plan.payment.id,
        cause="request",
        amount_minor=plan.amount_minor,
        currency=plan.payment.currency,
        reason=reason,
        requested_by=caller.user_id,
        requested_by_admin=caller.is_admin,
        provider_refund_id=None,
        now=now,
    )
    await refunds.insert_refund_parts(db, refund_id=refund.id, parts=plan.parts)
    return refund


async def _record(
    db: Connection, caller: Caller, refund: Refund, proposal: RefundProposal | None, now: datetime
) -> None:
    details = {"amountMinor": refund.amount_minor, "currency": refund.currency, "paymentId": str(refund.payment_id)}
    if proposal:
        await settle_proposal(db, proposal=proposal, refund=refund, now=now)
        if proposal.confirmed_by:
            details |= {"proposalId": str(proposal.id), "proposedBy": str(proposal.proposed_by)}
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="refund.create",
        target_type="refund",
        target_id=refund.id,
        details=details,
    )
