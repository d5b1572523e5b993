"""What no webhook told us we ask for: every event since the cursor, less a margin, through the same door."""

from __future__ import annotations

from datetime import timedelta

from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.core.gateways import PaymentGateway
from coursify.core.logging import log
from coursify.modules.webhooks import queries
from coursify.modules.webhooks.services.store_event import store_event

PROVIDER = "stripe"
MARGIN = timedelta(minutes=15)
LOOK_BACK = timedelta(hours=72)


async def reconcile(database: Database, gateway: PaymentGateway, sealer: Sealer, *, deep: bool = False) -> int:
    """How many events were new to us; `deep` goes back 72 h whatever the cursor says."""
    async with database.transaction() as (db, now):
        cursor = await queries.find_cursor(db, PROVIDER)
    since = now - LOOK_BACK if deep or cursor is None else max(cursor - MARGIN, now - LOOK_BACK)
    missed = 0
    for event in await gateway.list_events(since=since):
        async with database.transaction() as (db, stored_at):
            missed += await store_event(db, sealer, provider=PROVIDER, event=event, payload=None, now=stored_at)
    async with database.transaction() as (db, _now):
        await queries.move_cursor(db, provider=PROVIDER, until=now)
    if missed:
        log.warning("events that no webhook told", count=missed)
    return missed
