"""A large refund takes two admins: what the first asks for is kept, and the second confirms it by asking the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.currencies import format_amount
from coursify.core.database import Connection
from coursify.core.operations import Caller
from coursify.modules.attention.services.flag import flag
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.payments.errors import SecondAdminNeeded
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.models.refunds import Refund, RefundProposal
from coursify.modules.payments.policies import can_confirm_refund, can_refund_alone
from coursify.modules.payments.queries import proposals, refunds
from coursify.modules.users import queries as users


async def require_second_admin(
    db: Connection,
    *,
    caller: Caller,
    payment: Payment,
    course_id: UUID | None,
    amount_minor: int,
    limit_minor: int | None,
    now: datetime,
) -> RefundProposal | None:
    """What the admin's refund settles, if it was proposed; raises SecondAdminNeeded, and keeps that it was asked for.

    The payment is locked. `limit_minor` is None where one admin is always enough.
    """
    found = await proposals.find_open_proposal(
        db, payment_id=payment.id, course_id=course_id, amount_minor=amount_minor
    )
    if found and can_confirm_refund(caller, found, await users.find_user(db, found.proposed_by), now):
        return replace(found, confirmed_by=caller.user_id)
    asked_minor = await refunds.sum_asked_alone(db, payment.id)
    if can_refund_alone(amount_minor, asked_minor=asked_minor, limit_minor=limit_minor):
        return found
    if found is None or found.proposed_by != caller.user_id or not found.counts_at(now):
        await _propose(db, caller, payment, course_id, amount_minor, now)
    raise SecondAdminNeeded


async def _propose(
    db: Connection, caller: Caller, payment: Payment, course_id: UUID | None, amount_minor: int, now: datetime
) -> None:
    proposal = await proposals.upsert_proposal(
        db,
        payment_id=payment.id,
        course_id=course_id,
        amount_minor=amount_minor,
        currency=payment.currency,
        proposed_by=caller.user_id,
        now=now,
    )
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="refund.proposed",
        target_type="payment",
        target_id=payment.id,
        details={
            "amountMinor": amount_minor,
            "courseId": str(course_id) if course_id else None,
            "currency": payment.currency,
            "proposalId": str(proposal.id),
        },
    )
    await flag(
        db,
        kind="refund_proposed",
        object_type="refund_proposal",
        object_id=proposal.id,
        why=f"A refund of {format_amount(amount_minor, payment.currency)} waits for a second admin.",
        now=now,
    )


async def settle_proposal(db: Connection, *, proposal: RefundProposal, refund: Refund, now: datetime) -> None:
    """A refund came of the proposal; `confirmed_by` is None where it came to need no second admin."""
    await proposals.settle_proposal(db, proposal.id, refund_id=refund.id, confirmed_by=proposal.confirmed_by, now=now)
    await resolve(
        db,
        kind="refund_proposed",
        object_type="refund_proposal",
        object_id=proposal.id,
        resolution="the refund was requested",
        resolved_by=proposal.confirmed_by,
        now=now,
    )
