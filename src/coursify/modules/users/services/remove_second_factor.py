"""The second factor and its recovery codes go; the owner is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.database import Connection
from coursify.modules.users import queries
from coursify.modules.users.services.lock_person import lock_person
from coursify.modules.users.services.tell_owner import tell_owner


async def remove_second_factor(db: Connection, *, user_id: UUID, now: datetime) -> None:
    """Where none is set up, nothing happens."""
    await lock_person(db, user_id)
    await drop_second_factor(db, user_id=user_id, now=now)


async def drop_second_factor(db: Connection, *, user_id: UUID, now: datetime) -> None:
    """As above, for a caller who holds the person's row."""
    if await queries.delete_second_factor(db, user_id):
        await queries.notify_sessions(db, user_id)
        await audit.record(db, actor_id=user_id, action="second_factor.disabled", target_type="user", target_id=user_id)
        await tell_owner(db, user_id=user_id, kind="second_factor_disabled", session_id=None, now=now)
