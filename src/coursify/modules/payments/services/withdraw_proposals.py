"""Withdraws proposals that have nothing left to decide, with their items on the work list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.payments.models.proposals import ProposedAction
from coursify.modules.payments.queries import proposals

ABOUT_HELD_MONEY: tuple[ProposedAction, ...] = ("accept", "return")


async def withdraw_proposals(
    db: Connection,
    *,
    payment_id: UUID,
    actions: Sequence[ProposedAction],
    failed_refund_id: UUID | None = None,
    now: datetime,
) -> None:
    """The payment is locked. What was confirmed is settled already and stays so."""
    withdrawn = await proposals.close_proposals(
        db, payment_id, actions=actions, failed_refund_id=failed_refund_id, now=now
    )
    for proposal_id in withdrawn:
        await resolve(
            db,
            kind="refund_proposed",
            object_type="refund_proposal",
            object_id=proposal_id,
            resolution="nothing is left to decide",
            now=now,
        )
