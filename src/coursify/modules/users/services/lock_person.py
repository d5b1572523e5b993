"""Whoever acts on their own account holds its row, and is there still: an erasure or suspension meanwhile wins."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.errors import Unauthorized
from coursify.modules.users import queries
from coursify.modules.users.models import User


async def lock_person(db: Connection, user_id: UUID) -> User:
    """Raises Unauthorized for who is suspended or erased by now, as the gate does."""
    user = await queries.lock_user(db, user_id)
    if not user.is_active:
        raise Unauthorized
    return user
