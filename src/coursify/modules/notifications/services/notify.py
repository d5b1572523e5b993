"""Tells a person something in the application, in the transaction of the fact; many people, in a job."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.notifications.models import NotificationKind, Recipient
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
    """Ids only. An erased person gets no notification."""
    await notifications.insert_notification(
        db, user_id=user_id, kind=kind, subject_id=subject_id, course_id=course_id, now=now
    )


async def notify_all(
    db: Connection, *, user_ids: list[UUID], kind: NotificationKind, subject_id: UUID, course_id: UUID, now: datetime
) -> list[Recipient]:
    """The notifications that are new; who was told before, or is erased, is left out."""
    return await notifications.insert_notifications(
        db, user_ids=user_ids, kind=kind, subject_id=subject_id, course_id=course_id, now=now
    )
