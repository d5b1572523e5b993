"""Sales as their instructors see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Sale:
    """A paid course of an order. The amounts are those of the ledger; `fee_minor` is its part of the provider's fee.

    `share_minor` is what is left for the instructor after refunds and lost disputes. A fee takes nothing from it.
    """

    id: UUID
    course_id: UUID
    title: str
    currency: str
    paid_at: datetime
    list_minor: int
    discount_minor: int
    gross_minor: int
    refunded_minor: int
    fee_minor: int
    share_minor: int

    @property
    def is_refunded_whole(self) -> bool:
        return self.gross_minor > 0 and self.refunded_minor >= self.gross_minor


@dataclass(frozen=True, slots=True)
class ListedSale(Sale):
    """A sale in a list; `total` counts the whole list up to the cap."""

    total: int
