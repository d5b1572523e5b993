"""The provider's fee is booked as the provider reports it, and follows its report."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.money import Money
from coursify.modules.ledger import queries
from coursify.modules.ledger.models import SourceType, entries_for_fee
from coursify.modules.ledger.services.reverse import reverse


async def book_fee(
    db: Connection, *, source_type: SourceType, source_id: UUID, fee: Money | None, now: datetime
) -> bool:
    """Book the fee, or replace the one that was booked; None is "not reported" and changes nothing."""
    if fee is None:
        return False
    wanted = entries_for_fee(fee.minor, fee.currency)
    standing = await queries.find_standing_transaction(db, source_type=source_type, source_id=source_id)
    if standing and await queries.list_entries(db, standing) == wanted:
        return False
    if standing:
        await reverse(db, source_type=source_type, source_id=source_id, now=now)
    if wanted:
        await queries.insert_transaction(
            db, source_type=source_type, source_id=source_id, reverses_id=None, entries=wanted, now=now
        )
    return bool(standing or wanted)
