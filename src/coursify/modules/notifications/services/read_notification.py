"""A person has read a notification."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.notifications.errors import NotificationNotFound
from coursify.modules.notifications.models import Notification
from coursify.modules.notifications.queries import notifications


async def read_notification(db: Connection, *, user_id: UUID, notification_id: UUID, now: datetime) -> Notification:
    """Raises NotificationNotFound, also for another person's. A second time changes nothing."""
    await notifications.mark_read(db, user_id=user_id, notification_id=notification_id, now=now)
    found = await notifications.find_notification(db, notification_id)
    if found is None or found.user_id != user_id:
        raise NotificationNotFound
    return found
