"""Stores a signed event before it is acknowledged."""

from __future__ import annotations

from datetime import UTC, datetime

from coursify.core.database import Database
from coursify.core.metrics import EVENTS
from coursify.modules.payments.gateway import PaymentGateway, SignatureInvalid
from coursify.modules.webhooks.errors import SignatureRefused
from coursify.modules.webhooks.services.store_events import store_events


async def receive_event(
    database: Database, gateway: PaymentGateway, *, payload: bytes, signature: str, is_live: bool
) -> bool:
    """Whether the event is new. What is not signed costs no connection; raises SignatureRefused."""
    try:
        event = gateway.read_event(payload, signature, now=datetime.now(UTC) + database.offset())
    except SignatureInvalid as error:
        raise SignatureRefused from error
    if event.livemode != is_live:
        raise SignatureRefused("This event is of the other mode (live or test) than this installation.")
    async with database.transaction() as (db, now):
        is_new = await store_events(db, events=[event], now=now) == 1
    if is_new:
        EVENTS.labels("stripe").inc()
    return is_new
