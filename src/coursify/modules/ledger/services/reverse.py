"""A booking is taken back exactly as it was booked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.ledger import queries
from coursify.modules.ledger.models import SourceType


async def reverse(db: Connection, *, source_type: SourceType, source_id: UUID, now: datetime) -> bool:
    """Mirror the standing booking of this fact, entry by entry; False when there is none."""
    standing = await queries.find_standing_transaction(db, source_type=source_type, source_id=source_id)
    if standing is None:
        return False
    mirrored = [replace(entry, amount_minor=-entry.amount_minor) for entry in await queries.list_entries(db, standing)]
    await queries.insert_transaction(
        db, source_type=source_type, source_id=source_id, reverses_id=standing, entries=mirrored, now=now
    )
    return True
