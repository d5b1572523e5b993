"""An event is handled: its object is fetched and the fact applied; in any order, any number of times."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Connection, Database
from coursify.core.gateways import GatewayRefused, PaymentGateway
from coursify.core.logging import log
from coursify.modules.payments.services.sync_dispute import sync_dispute
from coursify.modules.payments.services.sync_intent import sync_intent
from coursify.modules.payments.services.sync_refund import sync_refund
from coursify.modules.webhooks import queries
from coursify.modules.webhooks.models import PARKING, EventState, StoredEvent
from coursify.modules.webhooks.services.store_event import HANDLE

SYNC = {"payment_intent": sync_intent, "refund": sync_refund, "dispute": sync_dispute}


async def handle_event(database: Database, gateway: PaymentGateway, *, event_key: UUID) -> None:
    """Raises GatewayError where the provider does not answer, so that the job tries again."""
    async with database.read() as db:
        event = await queries.find_event(db, event_key)
    if event is None or event.is_handled:
        return
    sync = SYNC.get(event.object_type)
    if sync is None:
        await _note(database, event, "ignored")
        return
    reason = "unknown object"
    try:
        is_ours = await sync(database, gateway, event.object_id)
    except GatewayRefused as refusal:
        is_ours, reason = False, refusal.code
    if is_ours:
        await _note(database, event, "applied")
    else:
        await _park(database, event, reason)


async def _note(database: Database, event: StoredEvent, state: EventState) -> None:
    async with database.transaction() as (db, now):
        await queries.set_event_state(db, event.id, state=state, reason=None, now=now)


async def _park(database: Database, event: StoredEvent, reason: str) -> None:
    """Perhaps our own commit is still to come; look again later, and in the end call a person."""
    async with database.transaction() as (db, now):
        if event.attempts < len(PARKING):
            await queries.set_event_state(db, event.id, state="parked", reason=reason, now=now)
            await jobs.defer(db, HANDLE, delay_seconds=PARKING[event.attempts], event_key=event.id)
        else:
            await _give_up(db, event, reason, now)


async def _give_up(db: Connection, event: StoredEvent, reason: str, now: datetime) -> None:
    log.error("event needs a person", event_id=str(event.id), type=event.type)
    await queries.set_event_state(db, event.id, state="failed", reason=reason, now=now)
