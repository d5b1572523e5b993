"""The inbox's SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Final, get_args
from uuid import UUID

from coursify.core.database import (
    Connection,
    execute,
    fetch_all,
    fetch_one,
    fetch_optional,
    fetch_value,
    fetch_values,
    find_value,
)
from coursify.core.mailer import MailEvent
from coursify.core.queries.queued_jobs import job_row
from coursify.modules.payments.gateway import ProviderEvent
from coursify.modules.webhooks.models import EventState, StoredEvent

_EVENT = "id, provider, event_id, type, object_type, object_id, state, attempts, reason, received_at, handled_at"
# Written out: nearly all events are applied, and a bound state would be planned as if every state were as frequent.
_OF_STATE: Final[dict[EventState, str]] = {state: f"state = '{state}'" for state in get_args(EventState)}


async def insert_events(
    db: Connection,
    *,
    provider: str,
    events: list[ProviderEvent],
    state: EventState,
    job: str | None = None,
    queue: str | None = None,
    lock: str | None = None,
    now: datetime,
) -> list[str]:
    """The ids of those that are new to us; the others are stored already. With a `job`, each new one is deferred."""
    return await fetch_values(
        db,
        str,
        f"""
        WITH stored AS (
            INSERT INTO provider_events (provider, event_id, type, object_type, object_id, api_version, state,
                                         received_at, handled_at)
            SELECT %(provider)s, event_id, type, object_type, object_id, api_version, %(state)s, %(now)s,
                   CASE WHEN %(state)s = 'ignored' THEN %(now)s::timestamptz END
            FROM unnest(%(event_ids)s::text[], %(types)s::text[], %(object_types)s::text[], %(object_ids)s::text[],
                        %(api_versions)s::text[]) AS event (event_id, type, object_type, object_id, api_version)
            ON CONFLICT (provider, event_id) DO NOTHING RETURNING id, event_id
        ), deferred AS (
            SELECT procrastinate_defer_jobs_v1(array_agg(
                {job_row("jsonb_build_object('event_key', id)", lock="%(lock)s::text || id")})) AS ids
            FROM stored WHERE %(job)s::text IS NOT NULL HAVING count(*) > 0
        )
        SELECT stored.event_id FROM stored LEFT JOIN deferred ON ids IS NOT NULL
        """,
        provider=provider,
        state=state,
        job=job,
        queue=queue,
        lock=lock,
        now=now,
        event_ids=[event.id for event in events],
        types=[event.type for event in events],
        object_types=[event.object_type for event in events],
        object_ids=[event.object_id for event in events],
        api_versions=[event.api_version for event in events],
    )


async def insert_mail_events(db: Connection, *, provider: str, events: list[MailEvent], now: datetime) -> list[str]:
    """The provider's ids of those that are new to us; the caller sets what became of them in the same transaction."""
    return await fetch_values(
        db,
        str,
        """
        INSERT INTO provider_events (provider, event_id, type, object_type, object_id, state, received_at, handled_at)
        SELECT %(provider)s, event_id, type, 'email', object_id, 'ignored', %(now)s, %(now)s
        FROM unnest(%(event_ids)s::text[], %(types)s::text[], %(object_ids)s::text[])
            AS event (event_id, type, object_id)
        ON CONFLICT (provider, event_id) DO NOTHING RETURNING event_id
        """,
        provider=provider,
        now=now,
        event_ids=[event.id for event in events],
        types=[event.type for event in events],
        object_ids=[event.message_key or "" for event in events],
    )


async def set_mail_event_state(
    db: Connection, *, provider: str, event_id: str, state: EventState, reason: str | None, now: datetime
) -> int:
    return await execute(
        db,
        """
        UPDATE provider_events SET state = %(state)s, reason = %(reason)s, attempts = attempts + 1, handled_at = %(now)s
        WHERE provider = %(provider)s AND event_id = %(event_id)s
        """,
        provider=provider,
        event_id=event_id,
        state=state,
        reason=reason,
        now=now,
    )


async def find_event(db: Connection, event_key: UUID) -> StoredEvent | None:
    return await fetch_optional(
        db, StoredEvent, f"SELECT {_EVENT} FROM provider_events WHERE id = %(event_key)s", event_key=event_key
    )


async def lock_event(db: Connection, event_key: UUID) -> StoredEvent | None:
    return await fetch_optional(
        db,
        StoredEvent,
        f"SELECT {_EVENT} FROM provider_events WHERE id = %(event_key)s FOR NO KEY UPDATE",
        event_key=event_key,
    )


async def list_unhandled_events(db: Connection, *, object_id: str) -> list[UUID]:
    """What has arrived about one object and is not handled yet."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT id FROM provider_events WHERE object_id = %(object_id)s AND state IN ('received', 'parked')
        """,
        object_id=object_id,
    )


async def set_event_states(
    db: Connection, event_keys: list[UUID], *, state: EventState, reason: str | None, now: datetime
) -> int:
    """Note what became of the events; one that was handled stays so."""
    return await execute(
        db,
        """
        UPDATE provider_events SET state = %(state)s, reason = %(reason)s, attempts = attempts + 1,
            handled_at = CASE WHEN %(state)s IN ('applied', 'ignored', 'foreign') THEN %(now)s::timestamptz END
        WHERE id = ANY(%(event_keys)s) AND state NOT IN ('applied', 'ignored', 'foreign')
        """,
        event_keys=event_keys,
        state=state,
        reason=reason,
        now=now,
    )


async def reset_event(db: Connection, event_key: UUID) -> StoredEvent:
    """Begin anew, whatever became of the event before."""
    return await fetch_one(
        db,
        StoredEvent,
        f"""
        UPDATE provider_events SET state = 'received', reason = NULL, attempts = 0, handled_at = NULL
        WHERE id = %(event_key)s RETURNING {_EVENT}
        """,
        event_key=event_key,
    )


async def list_events(
    db: Connection, *, state: EventState | None, limit: int, offset: int, before: UUID | None
) -> list[StoredEvent]:
    """Newest first."""
    conditions = [
        *([_OF_STATE[state]] if state else []),
        *(["id < %(before)s"] if before else []),
    ]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return await fetch_all(
        db,
        StoredEvent,
        f"SELECT {_EVENT} FROM provider_events {where} ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s",
        limit=limit,
        offset=offset,
        before=before,
    )


async def count_events(db: Connection, *, state: EventState | None, cap: int) -> int:
    where = f"WHERE {_OF_STATE[state]}" if state else ""
    return await fetch_value(
        db,
        int,
        f"SELECT count(*) FROM (SELECT FROM provider_events {where} LIMIT %(cap)s + 1) AS counted",
        cap=cap,
    )


async def list_events_about(db: Connection, *, object_ids: list[str]) -> list[StoredEvent]:
    """What has arrived about these objects of a provider, oldest first, at most 100 events."""
    return await fetch_all(
        db,
        StoredEvent,
        f"SELECT {_EVENT} FROM provider_events WHERE object_id = ANY(%(object_ids)s) ORDER BY id LIMIT 100",
        object_ids=object_ids,
    )


async def find_cursor(db: Connection, provider: str) -> datetime | None:
    return await find_value(
        db, datetime, "SELECT reconciled_until FROM provider_cursors WHERE provider = %(provider)s", provider=provider
    )


async def move_cursor(db: Connection, *, provider: str, until: datetime) -> int:
    """Set, not raised: a cursor that ran ahead while a clock was wrong comes back with the clock."""
    return await execute(
        db,
        """
        INSERT INTO provider_cursors (provider, reconciled_until) VALUES (%(provider)s, %(until)s)
        ON CONFLICT (provider) DO UPDATE SET reconciled_until = EXCLUDED.reconciled_until
        """,
        provider=provider,
        until=until,
    )
