"""A second admin confirms what a first one proposed: it is carried out as if they had asked for it themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.admin.errors import ActionNotPossible
from coursify.modules.attention.models import Kind
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.payments.models.proposals import RefundProposal
from coursify.modules.payments.queries import proposals
from coursify.modules.payments.services.decide_held_money import decide_held_money
from coursify.modules.payments.services.request_refund import request_refund
from coursify.modules.payments.services.settle_refund import settle_refund


async def confirm_proposal(
    db: Connection, *, caller: Caller, proposal_id: UUID, two_person_limits: Mapping[str, int], now: datetime
) -> None:
    """Raises ActionNotPossible for an unknown proposal, SecondAdminNeeded for one's own, and what the action raises."""
    proposal = await proposals.find_proposal(db, proposal_id)
    if proposal is None:
        raise ActionNotPossible
    match proposal.action:
        case "refund":
            await _refund(db, caller, proposal, two_person_limits, now)
        case "settle" if proposal.failed_refund_id:
            refund_id = proposal.failed_refund_id
            await settle_refund(db, caller=caller, refund_id=refund_id, two_person_limits=two_person_limits, now=now)
            await _resolve(db, caller, proposal, "refund_failed", "refund", refund_id, now)
        case "accept" | "return":
            await decide_held_money(
                db,
                caller=caller,
                payment_id=proposal.payment_id,
                action=proposal.action,
                two_person_limits=two_person_limits,
                now=now,
            )
            await _resolve(db, caller, proposal, "wrong_amount", "payment", proposal.payment_id, now)


async def _refund(
    db: Connection, caller: Caller, proposal: RefundProposal, two_person_limits: Mapping[str, int], now: datetime
) -> None:
    await request_refund(
        db,
        caller=caller,
        payment_id=proposal.payment_id,
        course_id=proposal.course_id,
        amount_minor=proposal.amount_minor,
        reason=None,
        two_person_limits=two_person_limits,
        now=now,
    )


async def _resolve(
    db: Connection,
    caller: Caller,
    proposal: RefundProposal,
    kind: Kind,
    object_type: str,
    object_id: UUID,
    now: datetime,
) -> None:
    """Close the item that the proposal was made about."""
    await resolve(
        db,
        kind=kind,
        object_type=object_type,
        object_id=object_id,
        resolution=proposal.action,
        resolved_by=caller.user_id,
        now=now,
    )
