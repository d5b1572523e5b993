"""What is booked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from coursify.core.money import share

SourceType = Literal["payment", "refund", "refund_reversal", "dispute", "dispute_reversal"]

# Money coming in (+1) or going back (-1), seen from the provider's account.
DIRECTION: dict[SourceType, int] = {
    "payment": 1,
    "refund": -1,
    "refund_reversal": 1,
    "dispute": -1,
    "dispute_reversal": 1,
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an amount that concerns one order line: `amount_minor` of its price, with the line's frozen share."""

    order_line_id: UUID
    instructor_id: UUID
    instructor_share_bp: int
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Entry:
    account: str
    instructor_id: UUID | None
    amount_minor: int
    currency: str
    order_line_id: UUID


def entries_for(part: Part, direction: int) -> list[Entry]:
    """The entries of one part: what the provider holds, against the instructor's share and the platform's rest."""
    instructor = share(part.amount_minor, part.instructor_share_bp)
    drawn = [
        Entry("provider_clearing", None, direction * part.amount_minor, part.currency, part.order_line_id),
        Entry("instructor_payable", part.instructor_id, -direction * instructor, part.currency, part.order_line_id),
        Entry(
            "platform_revenue", None, -direction * (part.amount_minor - instructor), part.currency, part.order_line_id
        ),
    ]
    return [entry for entry in drawn if entry.amount_minor]
