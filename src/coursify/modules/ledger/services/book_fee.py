"""The provider's fee is booked as the provider reports it, and follows its report."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.money import Money
from coursify.modules.ledger.models import SourceType, entries_for_fee
from coursify.modules.ledger.services.rebook import rebook


async def book_fee(
    db: Connection, *, source_type: SourceType, source_id: UUID, fee: Money | None, now: datetime
) -> bool:
    """Book the fee, or replace the one that was booked; None is "not reported" and changes nothing."""
    if fee is None:
        return False
    entries = entries_for_fee(fee.minor, fee.currency)
    return await rebook(db, source_type=source_type, source_id=source_id, entries=entries, now=now)
