"""Requires a second admin for a large sum: the first request is stored, the second one confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.currencies import format_amount
from coursify.core.database import Connection
from coursify.modules.attention.services.flag import flag
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.payments.errors import SecondAdminNeeded
from coursify.modules.payments.models.proposals import MoneyDecision, ProposedAction, RefundProposal
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.policies import can_confirm_refund, can_refund_alone, two_person_limit
from coursify.modules.payments.queries import proposals, refunds
from coursify.modules.users.queries import users

WAITS: dict[ProposedAction, str] = {
    "refund": "A refund of {amount} waits for a second admin.",
    "settle": "To record that a failed refund of {amount} was paid otherwise waits for a second admin.",
    "accept": "To accept {amount} less than the price waits for a second admin.",
    "return": "To return {amount} on hold waits for a second admin.",
}


async def require_second_admin(
    db: Connection, decision: MoneyDecision, *, caller: Caller, two_person_limits: Mapping[str, int], now: datetime
) -> RefundProposal | None:
    """Return the proposal that this decision settles, if there is one. The payment is locked.

    Raises SecondAdminNeeded, and stores what was asked for, where one admin is not enough.
    """
    found = await proposals.find_open_proposal(db, decision)
    if found and can_confirm_refund(caller, found, await users.find_user(db, found.proposed_by), now):
        return replace(found, confirmed_by=caller.user_id)
    asked_minor = await refunds.sum_asked_alone(db, decision.payment.id)
    limit_minor = two_person_limit(decision.currency, two_person_limits)
    if can_refund_alone(decision.amount_minor, asked_minor=asked_minor, limit_minor=limit_minor):
        return found
    if found is None or found.proposed_by != caller.user_id or not found.counts_at(now):
        await _propose(db, decision, caller, now)
    raise SecondAdminNeeded


async def _propose(db: Connection, decision: MoneyDecision, caller: Caller, now: datetime) -> None:
    proposal = await proposals.upsert_proposal(db, decision, proposed_by=caller.user_id, now=now)
    await audit.record(
        db,
        actor_id=caller.user_id,
        action=f"{decision.action}.proposed",
        target_type="payment",
        target_id=decision.payment.id,
        details={
            "amountMinor": decision.amount_minor,
            "courseId": str(decision.course_id) if decision.course_id else None,
            "currency": decision.currency,
            "proposalId": str(proposal.id),
        },
    )
    await flag(
        db,
        kind="refund_proposed",
        object_type="refund_proposal",
        object_id=proposal.id,
        why=WAITS[decision.action].format(amount=format_amount(decision.amount_minor, decision.currency)),
        now=now,
    )


async def settle_proposal(
    db: Connection, *, proposal: RefundProposal, refund: Refund | None = None, now: datetime
) -> None:
    """The proposal was carried out, by `refund` if there is one; nobody confirmed it where one admin was enough."""
    refund_id = refund.id if refund else None
    await proposals.settle_proposal(db, proposal.id, refund_id=refund_id, confirmed_by=proposal.confirmed_by, now=now)
    await resolve(
        db,
        kind="refund_proposed",
        object_type="refund_proposal",
        object_id=proposal.id,
        resolution=f"{proposal.action} was carried out",
        resolved_by=proposal.confirmed_by,
        now=now,
    )
