"""A person switches kinds of news on or off."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.notifications.models import Preferences
from coursify.modules.notifications.queries import preferences
from coursify.modules.users.services.lock_active_user import lock_active_user


async def choose_emails(
    db: Connection, *, user_id: UUID, course_news: bool | None, digest: bool | None, now: datetime
) -> Preferences:
    """What is None stays as it is. Raises Unauthorized when the account was suspended or erased."""
    await lock_active_user(db, user_id)
    return await preferences.set_preferences(db, user_id, course_news=course_news, digest=digest, now=now)
