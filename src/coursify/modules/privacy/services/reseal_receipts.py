"""Addresses that wait for their receipt and were sealed with an older key are sealed with the newest."""

from __future__ import annotations

from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.modules.privacy.places import receipt_place
from coursify.modules.privacy.queries import erasures


async def reseal_receipts(database: Database, sealer: Sealer) -> int:
    """How many."""
    count = 0
    async with database.read() as db:
        kept = await erasures.list_unforgotten_erasures(db)
    for erasure in kept:
        old = erasure.receipt_address
        if old and not sealer.is_current(old):
            new = sealer.reseal(old, place=receipt_place(erasure.id))
            async with database.transaction() as (db, _now):
                count += await erasures.reseal_receipt(db, erasure.id, old=old, new=new)
    return count
