"""The booking of a fact follows the fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.ledger import queries
from coursify.modules.ledger.models import Entry, SourceType
from coursify.modules.ledger.services.reverse import reverse


async def rebook(
    db: Connection, *, source_type: SourceType, source_id: UUID, entries: list[Entry], now: datetime
) -> bool:
    """Let these entries stand for the fact, none when it is no fact any more; True when something was booked now.

    A booking that is right stays; a different one is reversed first. The caller holds the payment's lock.
    """
    standing = await queries.find_standing_transaction(db, source_type=source_type, source_id=source_id)
    if standing:
        if _undated(await queries.list_entries(db, standing)) == _undated(entries):
            return False
        await reverse(db, source_type=source_type, source_id=source_id, now=now)
    if entries:
        await queries.insert_transaction(
            db, source_type=source_type, source_id=source_id, reverses_id=None, entries=entries, now=now
        )
    return bool(standing or entries)


def _undated(entries: list[Entry]) -> list[Entry]:
    """From when an instructor may be paid follows the moment of booking."""
    return [replace(entry, available_at=None) for entry in entries]
