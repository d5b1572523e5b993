"""Ends the session of the caller."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.crypto import digest
from coursify.core.database import Connection
from coursify.modules.identity.queries import refresh_tokens
from coursify.modules.identity.services.revoke_sessions import revoke_sessions
from coursify.modules.users.queries import users


async def log_out(db: Connection, *, user_id: UUID, session_id: UUID, refresh_token: str | None, now: datetime) -> None:
    """Also ends the session of `refresh_token`, if it is another one of the same user."""
    await users.lock_user(db, user_id)
    await revoke_sessions(db, user_id=user_id, only=session_id, reason="logout", now=now)
    token = await refresh_tokens.find_refresh_token(db, digest(refresh_token)) if refresh_token else None
    if token:
        await revoke_sessions(db, user_id=user_id, only=token.session_id, reason="logout", now=now)
