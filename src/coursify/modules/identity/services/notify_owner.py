"""Records a security event and emails the owner of the account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import mail
from coursify.core.database import Connection
from coursify.modules.identity.models import EventKind
from coursify.modules.identity.queries import security_events


async def notify_owner(
    db: Connection, *, user_id: UUID, kind: EventKind, session_id: UUID | None, now: datetime
) -> None:
    """Does nothing if this session has recorded an event of this kind."""
    event_id = await security_events.insert_security_event(
        db, user_id=user_id, kind=kind, session_id=session_id, now=now
    )
    if event_id:
        await mail.enqueue_email(db, kind=kind, subject_id=event_id, user_id=user_id, now=now)
