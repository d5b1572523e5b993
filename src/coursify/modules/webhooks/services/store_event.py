"""An event is stored once, with the job that will handle it, before its sender is told yes."""

from __future__ import annotations

from datetime import datetime

from coursify.core import jobs
from coursify.core.crypto import Sealer
from coursify.core.database import Connection
from coursify.core.gateways import ProviderEvent
from coursify.modules.webhooks import queries

HANDLE = "webhooks.handle_event"


async def store_event(
    db: Connection, sealer: Sealer, *, provider: str, event: ProviderEvent, payload: bytes | None, now: datetime
) -> bool:
    """Whether the event was new; the raw bytes are kept sealed."""
    event_key = await queries.new_event_key(db)
    sealed = sealer.seal(payload, place=f"provider_events.payload:{event_key}") if payload is not None else None
    stored = await queries.insert_event(
        db, event_key=event_key, provider=provider, event=event, payload=sealed, now=now
    )
    if stored:
        await jobs.defer(db, HANDLE, event_key=stored)
    return stored is not None
