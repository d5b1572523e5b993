"""Updates the profile of a user, by the user or by an admin. Absent fields stay unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from coursify.core import audit, jobs
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.users.errors import UserNotFound
from coursify.modules.users.models import User
from coursify.modules.users.policies import can_manage
from coursify.modules.users.queries import users
from coursify.modules.users.services.drop_avatar import drop_avatar
from coursify.modules.users.services.lock_active_user import lock_active_user


async def update_profile(
    db: Connection, *, caller: Caller, user_id: UUID, changes: Mapping[str, str | None], now: datetime
) -> User:
    """`changes` may contain name, bio and avatar_url, which replaces an uploaded picture.

    Raises UserNotFound, also for the account of another user.
    """
    if not can_manage(caller, user_id):
        raise UserNotFound
    is_own = caller.user_id == user_id
    user = await lock_active_user(db, user_id) if is_own else await users.lock_user(db, user_id)
    if user.status == "erased":
        raise UserNotFound
    if "avatar_url" in changes:
        await drop_avatar(db, user, now=now)
    changed = await users.update_profile(
        db,
        user_id,
        name=changes.get("name", user.name),
        bio=changes.get("bio", user.bio),
        avatar_url=changes.get("avatar_url", user.avatar_url),
        now=now,
    )
    if changed.name != user.name:
        await jobs.defer(db, "courses.reindex_instructor", instructor_id=user_id)
        await jobs.defer(db, "payments.refresh_customer", user_id=user_id)
    if not is_own:
        await audit.record(
            db,
            actor_id=caller.user_id,
            action="user.profile_changed",
            target_type="user",
            target_id=user_id,
            details={"fields": sorted(changes)},
        )
    return changed
