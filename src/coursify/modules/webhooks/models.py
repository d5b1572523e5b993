"""Events as rows, and what the comparison of money found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

# `ignored`: no concern of ours. `foreign`: about another product on the same account. `parked`: perhaps ours, and not
# known yet. `failed`: given up, before a person.
EventState = Literal["received", "applied", "ignored", "foreign", "parked", "failed"]

# An event about something that we do not know (yet) waits this long between looks, then for a person (seconds).
PARKING = (5, 30, 300, 1_800)


# Emails about money or decisions: when one cannot be delivered, a person has to see to it. A link that bounces is
# requested again when it is needed.
MUST_ARRIVE = frozenset(
    {
        "receipt",
        "refund",
        "refund_failed",
        "duplicate_payment",
        "payment_waiting",
        "payment_failed",
        "sale_suspended",
        "review_hidden",
        "notice_received",
        "notice_decided",
        "statement_of_reasons",
        "notice_appeal_received",
    }
)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """`reason` says why nothing was applied, or nothing new."""

    id: UUID
    provider: str
    event_id: str
    type: str
    object_type: str
    object_id: str
    state: EventState
    attempts: int
    reason: str | None
    received_at: datetime
    handled_at: datetime | None

    @property
    def is_handled(self) -> bool:
        return self.state in {"applied", "ignored", "foreign"}
