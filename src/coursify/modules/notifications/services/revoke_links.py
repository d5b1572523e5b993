"""The unsubscribe links in earlier emails end: the person has another address now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.notifications.queries import preferences


async def revoke_links(db: Connection, *, user_id: UUID, now: datetime) -> None:
    await preferences.raise_link_version(db, user_id, now=now)
