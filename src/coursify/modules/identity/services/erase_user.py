"""Erases the row and the sign-in data of a user: only the id stays, and all sessions end with the commit."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.database import Connection
from coursify.modules.identity.errors import LastAdmin
from coursify.modules.identity.queries import sessions
from coursify.modules.identity.services.revoke_sessions import revoke_sessions
from coursify.modules.users.models import User
from coursify.modules.users.queries import users
from coursify.modules.users.services.scrub_user import scrub_user


async def erase_user(
    db: Connection, *, actor_id: UUID, user_id: UUID, keeps_an_admin: bool, now: datetime
) -> User | None:
    """Returns the user as before, or None if already erased. Raises UserNotFound, LastAdmin.

    `keeps_an_admin` is False for the erasures that are repeated after a restore: they may remove the last admin.
    """
    admins = await users.lock_active_admins(db)
    user = await users.lock_user(db, user_id)
    if user.status == "erased":
        return None
    if admins == [user_id] and keeps_an_admin:
        details = {"reason": "last admin"}
        await audit.record(
            db,
            actor_id=actor_id,
            action="user.erase_refused",
            target_type="user",
            target_id=user_id,
            details=details,
        )
        raise LastAdmin
    await revoke_sessions(db, user_id=user_id, reason="erased", now=now)
    await sessions.delete_sign_in_data(db, user_id)
    await scrub_user(db, user, now=now)
    return user
