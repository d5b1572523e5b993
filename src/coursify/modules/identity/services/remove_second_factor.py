"""The second factor and its recovery codes go; the owner is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.database import Connection
from coursify.modules.identity.queries import second_factors, sessions
from coursify.modules.identity.services.notify_owner import notify_owner
from coursify.modules.users.services.lock_active_user import lock_active_user


async def remove_second_factor(db: Connection, *, user_id: UUID, now: datetime) -> None:
    """Where none is set up, nothing happens."""
    await lock_active_user(db, user_id)
    await drop_second_factor(db, user_id=user_id, now=now)


async def drop_second_factor(db: Connection, *, user_id: UUID, now: datetime) -> None:
    """As above, for a caller who holds the person's row."""
    if await second_factors.delete_second_factor(db, user_id):
        await sessions.notify_sessions(db, user_id)
        await audit.record(db, actor_id=user_id, action="second_factor.disabled", target_type="user", target_id=user_id)
        await notify_owner(db, user_id=user_id, kind="second_factor_disabled", session_id=None, now=now)
