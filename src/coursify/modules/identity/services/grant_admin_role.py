"""Gives a user the role of an admin, from the command line: for the first admin of an installation."""

from __future__ import annotations

from datetime import datetime

from coursify.core import audit
from coursify.core.database import Connection
from coursify.modules.identity.queries import sessions
from coursify.modules.users.errors import UserNotFound
from coursify.modules.users.models import User, canonical_email
from coursify.modules.users.queries import users


async def grant_admin_role(db: Connection, *, email: str, now: datetime) -> User:
    """Raises UserNotFound. Does nothing for an admin."""
    found = await users.find_user_by_email(db, canonical_email(email))
    if found is None:
        raise UserNotFound
    user = await users.lock_user(db, found.id)
    if user.role == "admin":
        return user
    changed = await users.set_role_and_status(db, user.id, role="admin", status=user.status, now=now)
    await sessions.notify_session_change(db, user.id)
    await audit.record(
        db,
        actor_id=None,
        action="user.role_changed",
        target_type="user",
        target_id=user.id,
        details={"from": user.role, "to": "admin", "by": "command"},
    )
    return changed
