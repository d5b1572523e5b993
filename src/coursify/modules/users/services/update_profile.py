"""What is given replaces what stood; what is absent is left alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.users import queries
from coursify.modules.users.models import User


async def update_profile(db: Connection, *, user_id: UUID, changes: Mapping[str, str | None], now: datetime) -> User:
    """`changes` may hold name, bio and avatar_url; raises UserNotFound."""
    user = await queries.lock_user(db, user_id)
    return await queries.update_profile(
        db,
        user_id,
        name=changes.get("name", user.name),
        bio=changes.get("bio", user.bio),
        avatar_url=changes.get("avatar_url", user.avatar_url),
        now=now,
    )
