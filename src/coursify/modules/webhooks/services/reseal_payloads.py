"""Events that were sealed with an older key are sealed with the newest."""

from __future__ import annotations

from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.modules.webhooks import queries

BATCH = 500


async def reseal_payloads(database: Database, sealer: Sealer) -> int:
    """How many; a batch a transaction, so that nothing waits for the whole."""
    count, after_id = 0, UUID(int=0)
    while True:
        async with database.transaction() as (db, _now):
            batch = await queries.list_sealed_payloads(db, after_id=after_id, limit=BATCH)
            for row in batch:
                if row.payload and not sealer.is_current(row.payload):
                    new = sealer.reseal(row.payload, place=f"provider_events.payload:{row.event_key}")
                    count += await queries.reseal_payload(db, row.event_key, old=row.payload, new=new)
        if len(batch) < BATCH:
            return count
        after_id = batch[-1].event_key
