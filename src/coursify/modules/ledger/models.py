"""What is booked, and how an amount of an order line becomes entries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from coursify.core.money import share

SourceType = Literal["payment", "refund", "dispute", "payment_fee", "dispute_fee", "payout", "adjustment"]
Account = Literal[
    "provider_clearing",
    "provider_fees",
    "platform_revenue",
    "instructor_payable",
    "instructor_paid",
    "tax_payable",
    "bank",
    "suspense",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a transaction; `available_at` says from when on an instructor may be paid it."""

    account: Account
    amount_minor: int
    currency: str
    instructor_id: UUID | None = None
    order_line_id: UUID | None = None
    available_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """What one transaction moved on one account in one currency; `reverses_id` is the transaction that it undoes."""

    transaction_id: UUID
    source_type: SourceType
    source_id: UUID
    reverses_id: UUID | None
    booked_at: datetime
    account: Account
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Part:
    """`amount_minor` of one order line: sold, or given back after `returned_minor` of it."""

    order_line_id: UUID
    instructor_id: UUID
    instructor_share_bp: int
    amount_minor: int
    currency: str
    returned_minor: int = 0


def share_returned(part: Part) -> int:
    """The instructor's part of what is given back now.

    It is the difference between the shares of all that is then given back and of all that was before, so that the
    parts sum exactly to the whole, however a refund is split.
    """
    after = share(part.returned_minor + part.amount_minor, part.instructor_share_bp)
    return after - share(part.returned_minor, part.instructor_share_bp)


def entries_for_sale(parts: list[Part], *, available_at: datetime) -> list[Entry]:
    """Money came in: the provider holds it, we owe the instructors their shares, the rest is the platform's."""
    entries: list[Entry] = []
    for part in parts:
        instructor = share(part.amount_minor, part.instructor_share_bp)
        entries += _three_sides(part, part.amount_minor, instructor, available_at)
    return _without_zeros(entries)


def entries_for_return(parts: list[Part], *, now: datetime, paid_from: Account = "provider_clearing") -> list[Entry]:
    """Money went back: by the provider, or by ourselves (`bank`); each line's share goes back with it."""
    entries: list[Entry] = []
    for part in parts:
        drawn = _three_sides(part, -part.amount_minor, -share_returned(part), now)
        entries += [replace(drawn[0], account=paid_from), *drawn[1:]]
    return _without_zeros(entries)


def entries_for_suspense(amount_minor: int, currency: str, *, paid_from: Account = "provider_clearing") -> list[Entry]:
    """Money that fits no order line: positive came in, negative went out."""
    return _without_zeros([Entry(paid_from, amount_minor, currency), Entry("suspense", -amount_minor, currency)])


def entries_for_fee(fee_minor: int, currency: str) -> list[Entry]:
    """What the provider kept for itself."""
    return _without_zeros(
        [Entry("provider_fees", fee_minor, currency), Entry("provider_clearing", -fee_minor, currency)]
    )


def _three_sides(part: Part, amount: int, instructor: int, available_at: datetime) -> list[Entry]:
    line, currency = part.order_line_id, part.currency
    return [
        Entry("provider_clearing", amount, currency, order_line_id=line),
        Entry("instructor_payable", -instructor, currency, part.instructor_id, line, available_at),
        Entry("platform_revenue", instructor - amount, currency, order_line_id=line),
    ]


def _without_zeros(entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.amount_minor]
