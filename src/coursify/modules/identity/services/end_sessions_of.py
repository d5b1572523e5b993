"""An admin ends all sessions of somebody: a lost device, a stolen password."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.database import Connection
from coursify.modules.identity.services.revoke_sessions import revoke_sessions
from coursify.modules.users.queries import users


async def end_sessions_of(db: Connection, *, actor_id: UUID, user_id: UUID, now: datetime) -> None:
    """Raises UserNotFound."""
    await users.lock_user(db, user_id)
    await revoke_sessions(db, user_id=user_id, reason="ended by an admin", now=now)
    await audit.record(db, actor_id=actor_id, action="user.sessions_ended", target_type="user", target_id=user_id)
