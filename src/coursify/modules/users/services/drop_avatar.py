"""A person's uploaded picture is no longer shown. Its asset is media's: a job releases it."""

from __future__ import annotations

from datetime import datetime

from coursify.core import jobs
from coursify.core.database import Connection
from coursify.modules.users.models import User
from coursify.modules.users.queries import users


async def drop_avatar(db: Connection, user: User, *, now: datetime) -> None:
    """Nothing changes for somebody without an uploaded picture. The caller has locked the row."""
    if user.avatar_asset_id is not None:
        await users.set_avatar(db, user.id, path=None, asset_id=None, now=now)
        await jobs.defer(db, "media.release_asset", asset_id=user.avatar_asset_id)
