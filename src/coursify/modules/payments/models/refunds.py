"""Refunds and disputes: money on its way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from coursify.core.money import Money

RefundStatus = Literal["requested", "pending", "succeeded", "failed"]
RefundCause = Literal["request", "provider", "duplicate", "wrong_amount"]
DisputeStatus = Literal["open", "won", "lost"]
WhyNotRefundable = Literal["not_paid", "disputed", "nothing_left", "term_over", "on_hold"]

# For how long another admin may confirm what one proposed.
PROPOSAL_LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back. `settled_by`: the admin who returned it otherwise than through the provider."""

    id: UUID
    payment_id: UUID
    status: RefundStatus
    cause: RefundCause
    amount_minor: int
    currency: str
    reason: str | None
    requested_by: UUID | None
    requested_by_admin: bool
    provider_refund_id: str | None
    failure: str | None
    settled_by: UUID | None
    fetch_number: int | None
    created_at: datetime
    settled_at: datetime | None

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class RefundPart:
    """How much of a refund belongs to one line."""

    order_line_id: UUID
    amount_minor: int


@dataclass(frozen=True, slots=True)
class RefundProposal:
    """A refund that takes two admins, as the first one asked for it; `course_id` is None for the whole payment."""

    id: UUID
    payment_id: UUID
    course_id: UUID | None
    amount_minor: int
    currency: str
    proposed_by: UUID
    proposed_at: datetime
    confirmed_by: UUID | None

    def counts_at(self, moment: datetime) -> bool:
        return moment <= self.proposed_at + PROPOSAL_LIFETIME


@dataclass(frozen=True, slots=True)
class Dispute:
    id: UUID
    payment_id: UUID
    provider_dispute_id: str
    status: DisputeStatus
    amount_minor: int
    currency: str

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class Refundable:
    """What a caller may ask back of a payment now; `until` is the end of the buyer's term."""

    amount_minor: int
    until: datetime | None
    reason: WhyNotRefundable | None
