"""Books a fact about money, once until it is reversed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.ledger import queries
from coursify.modules.ledger.models import Entry, SourceType


async def book(
    db: Connection, *, source_type: SourceType, source_id: UUID, entries: list[Entry], now: datetime
) -> bool:
    """Book the entries unless this fact is booked already; True when they were booked now.

    The caller holds the payment's lock. The same fact may be booked again after its reversal, any number of times.
    """
    if not entries or await queries.find_standing_transaction(db, source_type=source_type, source_id=source_id):
        return False
    await queries.insert_transaction(
        db, source_type=source_type, source_id=source_id, reverses_id=None, entries=entries, now=now
    )
    return True
