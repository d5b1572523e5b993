"""Disables the second factor of the caller's own account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.identity.services.disable_second_factor import disable_second_factor
from coursify.modules.users.services.lock_active_user import lock_active_user


async def remove_second_factor(db: Connection, *, user_id: UUID, now: datetime) -> None:
    await lock_active_user(db, user_id)
    await disable_second_factor(db, user_id=user_id, now=now)
