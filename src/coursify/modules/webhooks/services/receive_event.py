"""Stores a signed event before it is acknowledged."""

from __future__ import annotations

from datetime import UTC, datetime

from coursify.core.database import Database
from coursify.core.metrics import EVENTS
from coursify.core.pools import UNAVAILABLE, is_broken
from coursify.modules.payments.gateway import PaymentGateway, ProviderEvent, SignatureInvalid
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
    try:
        is_new = await _store(database, event)
    except UNAVAILABLE as error:
        if not is_broken(error):
            raise
        # Perhaps it is stored, and only the answer was lost: nothing is stored twice.
        await database.replace_connections()
        is_new = await _store(database, event)
    if is_new:
        EVENTS.labels("stripe").inc()
    return is_new


async def _store(database: Database, event: ProviderEvent) -> bool:
    """The event and its job are one statement, so it needs no transaction around it."""
    now = await database.now()
    async with database.statement() as db:
        return await store_events(db, events=[event], now=now) == 1
