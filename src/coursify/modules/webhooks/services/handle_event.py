"""An event is handled: its object is fetched and the fact applied; in any order, any number of times."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Connection, Database
from coursify.modules.attention.services.flag import flag
from coursify.modules.payments.gateway import PaymentGateway, ProviderRefused
from coursify.modules.payments.services.sync_dispute import sync_dispute
from coursify.modules.payments.services.sync_intent import Note, Synced, sync_intent
from coursify.modules.payments.services.sync_refund import sync_refund
from coursify.modules.webhooks import queries
from coursify.modules.webhooks.models import PARKING, EventState, StoredEvent
from coursify.modules.webhooks.services.store_events import HANDLE


class Sync(Protocol):
    """Fetches the object and applies the fact."""

    async def __call__(
        self, database: Database, gateway: PaymentGateway, object_id: str, /, *, note: Note
    ) -> Synced: ...


SYNC: dict[str, Sync] = {"payment_intent": sync_intent, "refund": sync_refund, "dispute": sync_dispute}
STATES: dict[Synced, EventState] = {
    "applied": "applied",
    "unchanged": "applied",
    "stale": "applied",
    "foreign": "foreign",
    "unknown": "parked",
}
REASONS: dict[Synced, str] = {
    "unchanged": "nothing new",
    "stale": "something newer is known",
    "foreign": "an object of another product on this account",
    "unknown": "unknown object",
}
# By object: the latest event that this process handles.
_HANDLED_NOW: dict[str, asyncio.Event] = {}


async def handle_event(database: Database, gateway: PaymentGateway, *, event_key: UUID) -> None:
    """Raises ProviderUnavailable where the provider does not answer, so that the job tries again.

    What is fetched now answers every event about the same object that has arrived until now.
    """
    async with database.read() as db:
        event = await queries.find_event(db, event_key)
    if event and not event.is_handled:
        async with _after_the_one_before(event.object_id):
            await _handle(database, gateway, event)


@asynccontextmanager
async def _after_the_one_before(object_id: str) -> AsyncIterator[None]:
    """A payment sends several events at once: what is fetched for the first one often answers the others as well.

    Each waits once, whatever became of the one before: a provider that hangs keeps nobody for longer than twice.
    """
    if before := _HANDLED_NOW.get(object_id):
        await before.wait()
    ended = _HANDLED_NOW[object_id] = asyncio.Event()
    try:
        yield
    finally:
        ended.set()
        if _HANDLED_NOW.get(object_id) is ended:
            del _HANDLED_NOW[object_id]


async def _handle(database: Database, gateway: PaymentGateway, event: StoredEvent) -> None:
    async with database.read() as db:
        answered = await queries.list_unhandled_events(db, object_id=event.object_id)
    if event.state != "failed" and event.id not in answered:
        # The one before has answered it.
        return
    sync = SYNC.get(event.object_type)
    if sync is None:
        await _note(database, [event.id], "ignored", "no money of ours")
        return
    is_noted = False

    async def note(db: Connection, synced: Synced, now: datetime) -> None:
        nonlocal is_noted
        is_noted = True
        await queries.set_event_states(db, answered, state=STATES[synced], reason=REASONS.get(synced), now=now)

    try:
        synced = await sync(database, gateway, event.object_id, note=note)
        state, reason = STATES[synced], REASONS.get(synced)
    except ProviderRefused as refusal:
        state, reason = "parked", refusal.reason
    if state == "parked":
        await _park(database, event, reason or "unknown object")
    elif not is_noted:
        await _note(database, answered, state, reason)


async def _note(database: Database, event_keys: list[UUID], state: EventState, reason: str | None) -> None:
    async with database.transaction() as (db, now):
        await queries.set_event_states(db, event_keys, state=state, reason=reason, now=now)


async def _park(database: Database, event: StoredEvent, reason: str) -> None:
    """Perhaps our own commit is still to come; look again later, and in the end call a person."""
    async with database.transaction() as (db, now):
        if event.attempts < len(PARKING):
            await queries.set_event_states(db, [event.id], state="parked", reason=reason, now=now)
            await jobs.defer(db, HANDLE, delay_seconds=PARKING[event.attempts], event_key=event.id)
        else:
            await _give_up(db, event, reason, now)


async def _give_up(db: Connection, event: StoredEvent, reason: str, now: datetime) -> None:
    await queries.set_event_states(db, [event.id], state="failed", reason=reason, now=now)
    await flag(
        db,
        kind="event_failed",
        object_type="event",
        object_id=event.id,
        why=f"The provider's event {event.type} about {event.object_id} could not be applied: {reason}.",
        now=now,
    )
