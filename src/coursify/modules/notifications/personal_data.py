"""What notifications has of a person: which emails they want, and what they were told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.modules.notifications.queries import notifications, preferences

TABLES = {
    "notification_preferences": "deleted",
    "notifications": "deleted",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {
        "notification_preferences": await preferences.list_preferences_of(db, user_id),
        "notifications": await notifications.list_notifications_of(db, user_id),
    }


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    await preferences.delete_preferences_of(db, user_id)
    await notifications.delete_notifications_of(db, user_id)
