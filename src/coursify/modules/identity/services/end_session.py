"""Ends one session of the caller. Its tokens are invalid with the commit, on every replica within a second."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.identity.errors import SessionNotFound
from coursify.modules.identity.services.revoke_sessions import revoke_sessions
from coursify.modules.users.queries import users


async def end_session(db: Connection, *, user_id: UUID, session_id: UUID, now: datetime) -> None:
    """Raises SessionNotFound if it has ended or belongs to another user.

    Locks the user, the session and the token in this order, like a refresh.
    """
    await users.lock_user(db, user_id)
    if not await revoke_sessions(db, user_id=user_id, only=session_id, reason="ended", now=now):
        raise SessionNotFound
