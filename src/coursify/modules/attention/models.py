"""An item of the work list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Kind = Literal[
    "event_failed",
    "job_failed",
    "email_failed",
    "email_unknown",
    "email_undelivered",
    "order_refused",
    "wrong_amount",
    "paid_twice",
    "refund_failed",
    "refund_mismatch",
    "refund_proposed",
    "dispute_open",
    "dispute_mismatch",
    "money_difference",
    "review_reported",
    "notice_open",
]
Action = Literal["replay", "retry", "settle", "accept", "return", "close", "recheck", "confirm", "dismiss"]

# What can be done about an item, the usual thing first. `dismiss` says that it was dealt with elsewhere.
ACTIONS: dict[Kind, tuple[Action, ...]] = {
    "event_failed": ("replay", "dismiss"),
    "job_failed": ("retry", "dismiss"),
    "email_failed": ("retry", "dismiss"),
    "email_unknown": ("retry", "dismiss"),
    "email_undelivered": ("retry", "dismiss"),
    "order_refused": ("retry", "close", "dismiss"),
    "wrong_amount": ("accept", "return", "dismiss"),
    "paid_twice": ("dismiss",),
    "refund_failed": ("retry", "settle", "dismiss"),
    "refund_mismatch": ("dismiss",),
    "refund_proposed": ("confirm", "dismiss"),
    "dispute_open": ("dismiss",),
    "dispute_mismatch": ("dismiss",),
    "money_difference": ("recheck", "dismiss"),
    # Decided by operations of their own, with a reason; the decision closes the item.
    "review_reported": (),
    "notice_open": (),
}


@dataclass(frozen=True, slots=True)
class AttentionItem:
    """`object_id` is our id of the object, or the queue's number of a job.

    `resolution` is an action, or what happened; without `resolved_by` the facts closed it.
    """

    id: UUID
    kind: Kind
    object_type: str
    object_id: str
    why: str
    since: datetime
    resolved_at: datetime | None
    resolution: str | None
    resolved_by: UUID | None
    note: str | None

    @property
    def actions(self) -> tuple[Action, ...]:
        """An intent of which we have no payment cannot be compared again."""
        return ("dismiss",) if self.object_type == "intent" else ACTIONS[self.kind]


@dataclass(frozen=True, slots=True)
class OpenCount:
    kind: Kind
    count: int
