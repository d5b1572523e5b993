"""A fact about money is booked exactly once, in entries that sum to zero."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from coursify.core.database import Connection
from coursify.modules.ledger import queries
from coursify.modules.ledger.models import DIRECTION, Part, SourceType, entries_for


async def book(db: Connection, *, source_type: SourceType, source_id: UUID, parts: list[Part], now: datetime) -> None:
    """Book what a payment, refund or dispute moved; the caller holds the payment's lock. Twice is once."""
    entries = [entry for part in parts for entry in entries_for(part, DIRECTION[source_type])]
    if entries:
        await queries.insert_entries(
            db, txn_id=uuid4(), source_type=source_type, source_id=source_id, entries=entries, now=now
        )
