"""Stores events once, in one transaction with the jobs that handle them."""

from __future__ import annotations

from datetime import datetime

from coursify.core import jobs
from coursify.core.database import Connection
from coursify.core.traces import make_lock
from coursify.modules.payments.gateway import ProviderEvent
from coursify.modules.webhooks import queries
from coursify.modules.webhooks.models import EventState

HANDLE = "webhooks.handle_event"
PROVIDER = "stripe"


async def store_events(db: Connection, *, events: list[ProviderEvent], now: datetime) -> list[str]:
    """The ids of those that were new. Their bodies are not kept: handling fetches the object that an event names.

    What cannot mean that money moved is ignored at once.
    """
    telling = [event for event in events if event.is_about_money]
    others = [event for event in events if not event.is_about_money]
    return await _insert(db, telling, "received", HANDLE, now) + await _insert(db, others, "ignored", None, now)


async def _insert(
    db: Connection, events: list[ProviderEvent], state: EventState, job: str | None, now: datetime
) -> list[str]:
    if not events:
        return []
    return await queries.insert_events(
        db,
        provider=PROVIDER,
        # In one order, so that two transactions with the same events do not wait for each other.
        events=sorted(events, key=lambda event: event.id),
        state=state,
        job=job,
        queue=jobs.queue_of(HANDLE),
        lock=make_lock(),
        now=now,
    )
