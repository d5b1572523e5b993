"""Security events: what the owner of an account is notified of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, fetch_optional, find_value
from coursify.modules.identity.models import EventKind, SecurityEvent


async def insert_security_event(
    db: Connection, *, user_id: UUID, kind: EventKind, session_id: UUID | None, now: datetime
) -> UUID | None:
    """The id of the new event; None if this session has recorded one of this kind."""
    return await find_value(
        db,
        UUID,
        """
        INSERT INTO security_events (user_id, kind, session_id, created_at)
        VALUES (%(user_id)s, %(kind)s, %(session_id)s, %(now)s)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        user_id=user_id,
        kind=kind,
        session_id=session_id,
        now=now,
    )


async def find_security_event(db: Connection, event_id: UUID) -> SecurityEvent | None:
    return await fetch_optional(
        db,
        SecurityEvent,
        """
        SELECT event.id, event.user_id, event.kind, event.session_id, sessions.user_agent, event.created_at
        FROM security_events AS event LEFT JOIN sessions ON sessions.id = event.session_id
        WHERE event.id = %(event_id)s
        """,
        event_id=event_id,
    )
