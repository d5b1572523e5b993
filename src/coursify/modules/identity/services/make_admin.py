"""The first admin: nobody is there yet to make one, so whoever runs the system does."""

from __future__ import annotations

from datetime import datetime

from coursify.core import audit
from coursify.core.database import Connection
from coursify.modules.identity.queries import sessions
from coursify.modules.users.errors import UserNotFound
from coursify.modules.users.models import User, canonical_email
from coursify.modules.users.queries import users


async def make_admin(db: Connection, *, email: str, now: datetime) -> User:
    """Someone who has signed up becomes an admin; raises UserNotFound. Once more changes nothing."""
    found = await users.find_user_by_email(db, canonical_email(email))
    if found is None:
        raise UserNotFound
    user = await users.lock_user(db, found.id)
    if user.role == "admin":
        return user
    changed = await users.set_role_and_status(db, user.id, role="admin", status=user.status, now=now)
    await sessions.notify_sessions(db, user.id)
    await audit.record(
        db,
        actor_id=None,
        action="user.role_changed",
        target_type="user",
        target_id=user.id,
        details={"from": user.role, "to": "admin", "by": "command"},
    )
    return changed
