"""Stores events once, in one transaction with the jobs that handle them."""

from __future__ import annotations

from datetime import datetime

from coursify.core import jobs
from coursify.core.database import Connection
from coursify.modules.payments.gateway import ProviderEvent
from coursify.modules.webhooks import queries

HANDLE = "webhooks.handle_event"
PROVIDER = "stripe"


async def store_events(db: Connection, *, events: list[ProviderEvent], now: datetime) -> int:
    """How many were new. Their bodies are not kept: handling fetches the object that an event names.

    What cannot mean that money moved is ignored at once.
    """
    telling = [event for event in events if event.is_about_money]
    others = [event for event in events if not event.is_about_money]
    stored = await queries.insert_events(db, provider=PROVIDER, events=telling, state="received", now=now)
    for event_key in stored:
        await jobs.defer(db, HANDLE, event_key=event_key)
    ignored = await queries.insert_events(db, provider=PROVIDER, events=others, state="ignored", now=now)
    return len(stored) + len(ignored)
