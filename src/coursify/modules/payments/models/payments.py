"""Payments: what the provider says of an order."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from coursify.core.money import Money
from coursify.modules.payments.models.orders import OrderLine, OrderStatus
from coursify.modules.payments.models.refunds import Refund, Refundable

PaymentStatus = Literal[
    "pending", "processing", "succeeded", "failed", "canceled", "partially_refunded", "refunded", "disputed"
]
NextStep = Literal["confirm", "authenticate", "wait"]

# Longer than one attempt to ask the provider (ASK_SECONDS and REPLACE_SECONDS in ensure_intent), so that two never ask
# at once.
CLAIM = timedelta(seconds=60)

# The provider's word about an intent, ranked: a payment never moves to a lower rank.
OPEN, CANCELED, RECEIVED = 0, 1, 2
RANKS = {"canceled": CANCELED, "succeeded": RECEIVED}


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
    received_currency: str | None
    currency: str
    last_error_code: str | None
    last_error_message: str | None
    received_at: datetime | None
    fetch_number: int | None
    created_at: datetime
    order_status: OrderStatus
    refund_days: int
    paid_at: datetime | None
    refunded_minor: int
    claimed_minor: int
    provider_refunded_minor: int
    has_open_dispute: bool
    has_lost_dispute: bool
    awaits_decision: bool

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @property
    def received(self) -> Money:
        return Money(self.amount_received_minor, self.received_currency or self.currency)

    @property
    def unclaimed_minor(self) -> int:
        """What was received and no refund, sent or not, asks back."""
        return max(0, self.amount_received_minor - self.claimed_minor)

    @property
    def is_settled(self) -> bool:
        """Whether the provider has nothing new to say of the intent itself."""
        return self.intent_rank != OPEN

    @property
    def is_processing(self) -> bool:
        return self.intent_rank == OPEN and self.intent_status == "processing"

    @property
    def is_unallocated(self) -> bool:
        """Money of another amount than asked was received; it opens nothing until an admin decides."""
        return self.intent_rank == RECEIVED and self.order_status != "paid"

    @property
    def is_on_hold(self) -> bool:
        """Money of a wrong amount waits for an admin, also because its return failed, or is on its way back."""
        return self.is_unallocated and (self.awaits_decision or self.claimed_minor > self.refunded_minor)

    @property
    def next_step(self) -> NextStep | None:
        """What the buyer has to do: confirm with the provider, authenticate at their bank, or wait for it."""
        if self.is_on_hold or self.is_processing:
            return "wait"
        if self.intent_rank != OPEN or self.order_status != "payable":
            return None
        return "authenticate" if self.intent_status == "requires_action" else "confirm"

    @property
    def is_refundable_now(self) -> bool:
        """Received, allocated to the order's lines, and not disputed."""
        return self.intent_rank == RECEIVED and self.order_status == "paid" and not self.is_disputed

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
        return "processing" if self.is_processing else "pending"

    def _status_of_received(self) -> PaymentStatus:
        if self.refunded_minor >= self.amount_received_minor > 0:
            return "refunded"
        if self.refunded_minor:
            return "partially_refunded"
        if self.is_unallocated:
            return "processing" if self.is_on_hold else "canceled"
        return "succeeded"

    @property
    def refund_until(self) -> datetime | None:
        """Until when the buyer may return it by themselves; None while it is not paid."""
        return self.paid_at + timedelta(days=self.refund_days) if self.paid_at else None


@dataclass(frozen=True, slots=True)
class IntentClaim:
    """The right to ask the provider for a payment's intent, and what it is asked with.

    `fetch_number` was taken before the provider is asked; `titles` are those of the order's lines, by course id.
    """

    payment_id: UUID
    order_id: UUID
    user_id: UUID
    attempt: int
    attempted_at: datetime
    claimed_at: datetime
    amount_minor: int
    currency: str
    fetch_number: int
    titles: list[str]
    email: str | None
    provider_customer_id: str | None

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class PaymentFilters:
    """Payments made from `since` on and before `until`, by one of `user_ids`, of one of `course_ids`."""

    user_id: UUID | None = None
    status: PaymentStatus | None = None
    since: datetime | None = None
    until: datetime | None = None
    payment_id: UUID | None = None
    user_ids: list[UUID] | None = None
    course_ids: list[UUID] | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether an index finds few payments, whatever their time."""
        return any(each is not None for each in (self.user_id, self.payment_id, self.user_ids, self.course_ids))

    def parameters(self) -> dict[str, Any]:
        """The parameters of the SQL conditions."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A payment with everything that its page shows."""

    payment: Payment
    lines: list[OrderLine]
    refunds: list[Refund]
    enrollment_ids: list[UUID]
    refundable: Refundable


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """`instructor_minor` and `platform_minor` are what each side gives back of the amount."""

    line: OrderLine
    amount_minor: int
    ends_access: bool
    instructor_minor: int
    platform_minor: int


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """What a refund would do to money, access and shares."""

    payment: Payment
    amount_minor: int
    lines: list[PreviewLine]
    needs_second_admin: bool
