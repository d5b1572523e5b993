"""Orders, payments, refunds and disputes as rows, and what is always true of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from coursify.core.money import Money

OrderStatus = Literal["payable", "paid", "canceled", "expired"]
RefundStatus = Literal["requested", "pending", "succeeded", "failed"]
DisputeStatus = Literal["open", "won", "lost"]
PaymentStatus = Literal[
    "pending", "processing", "succeeded", "failed", "canceled", "partially_refunded", "refunded", "disputed"
]

# The provider's word about an intent, ranked: a payment never moves to a lower rank.
OPEN, CANCELED, RECEIVED = 0, 1, 2
RANKS = {"canceled": CANCELED, "succeeded": RECEIVED}

# For how long another admin may confirm what one proposed.
PROPOSAL_LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Order:
    """What was bought, at the prices of that moment."""

    id: UUID
    user_id: UUID
    status: OrderStatus
    currency: str
    total_minor: int
    needs_review: str | None
    paid_at: datetime | None
    created_at: datetime

    @property
    def is_paid(self) -> bool:
        return self.status == "paid"

    @property
    def is_payable(self) -> bool:
        return self.status == "payable"

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


@dataclass(frozen=True, slots=True)
class NewLine:
    """One course about to be ordered, with everything frozen as it is now."""

    course_id: UUID
    course_version: int
    title: str
    instructor_id: UUID
    instructor_share_bp: int
    unit_amount_minor: int


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One course of an order; `refunded_minor` is what was paid back, `claimed_minor` adds what is asked."""

    id: UUID
    order_id: UUID
    course_id: UUID
    title: str
    instructor_id: UUID
    instructor_share_bp: int
    unit_amount_minor: int
    discount_minor: int
    amount_minor: int
    refunded_minor: int
    claimed_minor: int

    @property
    def refundable_minor(self) -> int:
        return self.amount_minor - self.claimed_minor

    @property
    def is_refunded_whole(self) -> bool:
        return self.amount_minor > 0 and self.refunded_minor >= self.amount_minor


@dataclass(frozen=True, slots=True)
class Payment:
    """The provider's side of an order, with what its refunds and disputes come to."""

    id: UUID
    order_id: UUID
    user_id: UUID
    provider_payment_id: str | None
    attempt: int
    attempted_at: datetime | None
    client_secret: bytes | None
    intent_status: str
    intent_rank: int
    amount_minor: int
    amount_received_minor: int
    currency: str
    last_error_code: str | None
    last_error_message: str | None
    received_at: datetime | None
    created_at: datetime
    order_status: OrderStatus
    refunded_minor: int
    has_open_dispute: bool
    has_lost_dispute: bool

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def is_settled(self) -> bool:
        """Whether the provider has nothing new to say of the intent itself."""
        return self.intent_rank != OPEN

    @property
    def is_disputed(self) -> bool:
        return self.has_open_dispute or self.has_lost_dispute

    @property
    def status(self) -> PaymentStatus:
        """What clients see, derived from the facts: disputes first, then what was received, then what may still be."""
        if self.is_disputed:
            return "disputed"
        if self.intent_rank == RECEIVED:
            return self._status_of_received()
        closed: dict[OrderStatus, PaymentStatus] = {"paid": "succeeded", "expired": "failed", "canceled": "canceled"}
        if self.order_status in closed:
            return closed[self.order_status]
        if self.intent_rank == CANCELED:
            return "canceled"
        return "processing" if self.intent_status == "processing" else "pending"

    def _status_of_received(self) -> PaymentStatus:
        if self.refunded_minor >= self.amount_received_minor > 0:
            return "refunded"
        return "partially_refunded" if self.refunded_minor else "succeeded"


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back."""

    id: UUID
    payment_id: UUID
    status: RefundStatus
    amount_minor: int
    currency: str
    reason: str | None
    requested_by: UUID | None
    requested_by_admin: bool
    provider_refund_id: str | None
    failure: str | None
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


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who pays, as the provider shall know them; None where the account is erased."""

    id: UUID
    email: str | None
    name: str | None
    provider_customer_id: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the receipt and the refund letters say."""

    email: str | None
    name: str | None
    order_id: UUID
    currency: str
    total_minor: int
    paid_at: datetime | None
    titles: list[str]
    amounts: list[int]
