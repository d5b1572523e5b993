"""Tells a person something in the application, in the transaction of the fact."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.notifications.models import NotificationKind
from coursify.modules.notifications.queries import notifications


async def notify(
    db: Connection,
    *,
    user_id: UUID,
    kind: NotificationKind,
    subject_id: UUID,
    course_id: UUID | None = None,
    now: datetime,
) -> None:
    """Ids only; an erased person is told nothing."""
    await notifications.insert_notification(
        db, user_id=user_id, kind=kind, subject_id=subject_id, course_id=course_id, now=now
    )
