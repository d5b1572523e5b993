"""Orders, their lines and their buyers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from coursify.core.money import Money

OrderStatus = Literal["payable", "paid", "canceled", "expired"]

# For how long an order can be paid, counted from when the buyer was last asked to.
ORDER_LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Order:
    """What was bought, at the prices and with the refund term of that moment."""

    id: UUID
    user_id: UUID
    status: OrderStatus
    currency: str
    total_minor: int
    refund_days: int
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
class NewOrder(Order):
    """An order that was placed now, with its payment."""

    payment_id: UUID
    fetch_number: int


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One course of an order. `paid_minor` is what was received for it: its price, or what an admin accepted.

    `refunded_minor` was given back; `pending_minor` is on its way at the provider; `requested_minor` is only asked for
    by us; `disputed_minor` was lost in disputes.
    """

    id: UUID
    order_id: UUID
    course_id: UUID
    slug: str
    title: str
    image_path: str | None
    instructor_id: UUID
    instructor_share_bp: int
    unit_amount_minor: int
    discount_minor: int
    amount_minor: int
    paid_minor: int
    refunded_minor: int
    pending_minor: int
    requested_minor: int
    disputed_minor: int

    @property
    def unreturned_minor(self) -> int:
        """What neither the provider returns nor a dispute took; our own unconfirmed requests do not count."""
        return max(0, self.paid_minor - self.refunded_minor - self.pending_minor - self.disputed_minor)

    @property
    def refundable_minor(self) -> int:
        return max(0, self.unreturned_minor - self.requested_minor)

    @property
    def is_refunded_whole(self) -> bool:
        return self.paid_minor > 0 and self.refunded_minor >= self.paid_minor


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who pays, as the provider knows them; None where the account is erased."""

    id: UUID
    email: str | None
    name: str | None
    provider_customer_id: str | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the emails about an order say; amounts are what was paid once it is paid, and what was asked before."""

    email: str | None
    name: str | None
    order_id: UUID
    currency: str
    total_minor: int
    paid_at: datetime | None
    titles: list[str]
    amounts: list[int]
