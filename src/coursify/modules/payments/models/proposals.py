"""Decisions about money that may take two admins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from coursify.modules.payments.models.payments import Payment

ProposedAction = Literal["refund", "settle", "accept", "return"]

# For how long another admin may confirm what one proposed.
PROPOSAL_LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class MoneyDecision:
    """What an admin wants to do with a payment's money, and how much of it that gives away.

    `refund`: give it back; `settle`: record that a failed refund was paid otherwise; `accept` or `return` money of a
    wrong amount. `course_id` is None for the whole payment.
    """

    payment: Payment
    action: ProposedAction
    amount_minor: int
    currency: str
    course_id: UUID | None = None
    failed_refund_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RefundProposal:
    """A decision that takes two admins, as the first one asked for it; `course_id` is None for the whole payment."""

    id: UUID
    payment_id: UUID
    action: ProposedAction
    course_id: UUID | None
    failed_refund_id: UUID | None
    amount_minor: int
    currency: str
    proposed_by: UUID
    proposed_at: datetime
    confirmed_by: UUID | None

    def counts_at(self, moment: datetime) -> bool:
        return moment <= self.proposed_at + PROPOSAL_LIFETIME
