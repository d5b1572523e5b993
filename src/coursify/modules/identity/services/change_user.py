"""Changes the role or the status of a user, by an admin. One active admin always remains."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from coursify.core import audit
from coursify.core.caller import Role
from coursify.core.database import Connection
from coursify.modules.identity.errors import LastAdmin
from coursify.modules.identity.queries import sessions
from coursify.modules.identity.services.revoke_sessions import revoke_sessions
from coursify.modules.users.errors import UserNotFound
from coursify.modules.users.models import User
from coursify.modules.users.queries import users


async def change_user(
    db: Connection,
    *,
    actor_id: UUID,
    user_id: UUID,
    role: Role | None,
    status: Literal["active", "suspended"] | None,
    now: datetime,
) -> User:
    """Raises UserNotFound, LastAdmin. A suspension ends all sessions with the commit."""
    admins = await users.lock_active_admins(db)
    user = await users.lock_user(db, user_id)
    if user.status == "erased":
        raise UserNotFound
    new_role, new_status = role or user.role, status or user.status
    if admins == [user_id] and (new_role != "admin" or new_status != "active"):
        await _record(db, actor_id, "user.change_refused", user_id, {"reason": "last admin"})
        raise LastAdmin
    changed = await users.set_role_and_status(db, user_id, role=new_role, status=new_status, now=now)
    if new_status == "suspended":
        await revoke_sessions(db, user_id=user_id, reason="suspended", now=now)
    await sessions.notify_session_change(db, user_id)
    for action, before, after in (
        ("user.role_changed", user.role, new_role),
        ("user.status_changed", user.status, new_status),
    ):
        if before != after:
            await _record(db, actor_id, action, user_id, {"from": before, "to": after})
    return changed


async def _record(db: Connection, actor_id: UUID, action: str, user_id: UUID, details: dict[str, str]) -> None:
    await audit.record(db, actor_id=actor_id, action=action, target_type="user", target_id=user_id, details=details)
