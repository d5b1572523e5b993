"""Everything that identifies a person is deleted from their row, and their picture with it."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection
from coursify.modules.users.models import User
from coursify.modules.users.queries import users
from coursify.modules.users.services.drop_avatar import drop_avatar


async def scrub_user(db: Connection, user: User, *, now: datetime) -> None:
    """The caller has locked the row. May run twice."""
    await drop_avatar(db, user, now=now)
    await users.scrub_user(db, user.id, now=now)
