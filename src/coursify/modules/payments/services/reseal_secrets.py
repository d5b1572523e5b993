"""Seals client secrets again that were sealed with an older key."""

from __future__ import annotations

from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.modules.payments.queries import sealed
from coursify.modules.payments.services.ensure_intent import secret_place

BATCH = 500


async def reseal_secrets(database: Database, sealer: Sealer) -> int:
    """How many; a batch a transaction, so that nothing waits for the whole."""
    count, after_id = 0, UUID(int=0)
    while True:
        async with database.transaction() as (db, _now):
            batch = await sealed.list_sealed_secrets(db, after_id=after_id, limit=BATCH)
            for row in batch:
                if row.client_secret and not sealer.is_current(row.client_secret):
                    new = sealer.reseal(row.client_secret, place=secret_place(row.payment_id))
                    count += await sealed.reseal_secret(db, row.payment_id, old=row.client_secret, new=new)
        if len(batch) < BATCH:
            return count
        after_id = batch[-1].payment_id
