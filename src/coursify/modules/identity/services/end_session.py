"""Sign-ins end: one, all others, or all. Their tokens are dead with the commit, on every replica within a second.

Rows are locked in the order person, session, token, as by a refresh.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.crypto import digest
from coursify.core.database import Connection
from coursify.modules.identity.errors import SessionNotFound
from coursify.modules.identity.queries import refresh_tokens
from coursify.modules.identity.services.close_sessions import close_sessions
from coursify.modules.users.queries import users


async def end_session(db: Connection, *, user_id: UUID, session_id: UUID, now: datetime) -> None:
    """Raises SessionNotFound when it is over already, or not this person's."""
    await users.lock_user(db, user_id)
    if not await close_sessions(db, user_id=user_id, only=session_id, reason="ended", now=now):
        raise SessionNotFound


async def log_out(db: Connection, *, user_id: UUID, session_id: UUID, refresh_token: str | None, now: datetime) -> None:
    """Ends the caller's session, and the one of `refresh_token` where it is another of the same person's."""
    await users.lock_user(db, user_id)
    await close_sessions(db, user_id=user_id, only=session_id, reason="logout", now=now)
    token = await refresh_tokens.find_refresh_token(db, digest(refresh_token)) if refresh_token else None
    if token:
        await close_sessions(db, user_id=user_id, only=token.session_id, reason="logout", now=now)


async def end_all_sessions(db: Connection, *, user_id: UUID, now: datetime) -> None:
    """Everywhere, the caller's own included."""
    await users.lock_user(db, user_id)
    await close_sessions(db, user_id=user_id, reason="logout everywhere", now=now)
