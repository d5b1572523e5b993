"""Refunds and disputes: money on its way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from coursify.core.money import Money

RefundStatus = Literal["requested", "pending", "succeeded", "failed"]
RefundCause = Literal["request", "provider", "duplicate", "wrong_amount"]
DisputeStatus = Literal["open", "won", "lost"]
WhyNotRefundable = Literal["not_paid", "disputed", "nothing_left", "term_over", "on_hold"]


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back. `settled_by`: the admin who returned it otherwise than through the provider."""

    id: UUID
    payment_id: UUID
    status: RefundStatus
    cause: RefundCause
    attempt: int
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
class Return:
    """Money that went back, is on its way or came to nothing: a refund or a dispute.

    `asked` is what was asked for of each order line; empty for what the provider did without us. With
    `is_paid_otherwise` an admin returned it, from the bank say, and the provider does not know of it.
    """

    source_type: Literal["refund", "dispute"]
    source_id: UUID
    status: RefundStatus | DisputeStatus
    amount_minor: int
    currency: str
    is_paid_otherwise: bool
    asked_lines: list[UUID]
    asked_amounts: list[int]

    @property
    def asked(self) -> dict[UUID, int]:
        return dict(zip(self.asked_lines, self.asked_amounts, strict=True))

    @property
    def is_final(self) -> bool:
        """Whether the money has gone back, and is booked."""
        return self.status in {"succeeded", "lost"}

    @property
    def is_under_way(self) -> bool:
        return self.status in {"requested", "pending"}

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


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
