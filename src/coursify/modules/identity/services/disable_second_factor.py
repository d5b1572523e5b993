"""Deletes the second factor and the recovery codes of a user, and notifies the user."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.database import Connection
from coursify.modules.identity.queries import second_factors, sessions
from coursify.modules.identity.services.notify_owner import notify_owner


async def disable_second_factor(db: Connection, *, user_id: UUID, now: datetime) -> None:
    """Does nothing if the user has none. The caller has locked the user's row."""
    if await second_factors.delete_second_factor(db, user_id):
        await sessions.notify_session_change(db, user_id)
        await audit.record(db, actor_id=user_id, action="second_factor.disabled", target_type="user", target_id=user_id)
        await notify_owner(db, user_id=user_id, kind="second_factor_disabled", session_id=None, now=now)
