"""Ends all sessions of a user, the caller's own included."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.identity.services.revoke_sessions import revoke_sessions
from coursify.modules.users.queries import users


async def end_all_sessions(db: Connection, *, user_id: UUID, now: datetime) -> None:
    await users.lock_user(db, user_id)
    await revoke_sessions(db, user_id=user_id, reason="logout everywhere", now=now)
