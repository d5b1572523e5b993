"""Locks the row of a caller who changes their own account, and checks that the account is still active."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.errors import Unauthorized
from coursify.modules.users.models import User
from coursify.modules.users.queries import users


async def lock_active_user(db: Connection, user_id: UUID) -> User:
    """Raises Unauthorized when the account was suspended or erased since the caller was authenticated."""
    user = await users.lock_user(db, user_id)
    if not user.is_active:
        raise Unauthorized
    return user
