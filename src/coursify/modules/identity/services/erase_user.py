"""A person is scrubbed: only the id stays; every sign-in ends with the commit."""

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


async def erase_user(
    db: Connection, *, actor_id: UUID, user_id: UUID, keeps_an_admin: bool, now: datetime
) -> User | None:
    """The person as they were, or None when they are erased already; raises UserNotFound, LastAdmin.

    Who must stay erased after a restore does so also where that leaves no admin: `keeps_an_admin` is False then.
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
    await sessions.clear_sign_ins_of(db, user_id)
    await users.scrub_user(db, user_id, now=now)
    return user
