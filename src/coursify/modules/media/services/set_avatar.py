"""A person's uploaded picture is set or removed. The one before is released."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Database
from coursify.core.settings import MediaSettings
from coursify.core.uploaded_file import UploadedFile
from coursify.modules.media.services.release_asset import release_asset
from coursify.modules.media.services.upload_picture import StoredPicture, attach_picture, upload_picture
from coursify.modules.media.store import MediaStore
from coursify.modules.users.queries import users
from coursify.modules.users.services.lock_active_user import lock_active_user


async def set_avatar(
    database: Database, store: MediaStore, *, user_id: UUID, file: UploadedFile, limits: MediaSettings
) -> StoredPicture:
    """It replaces an address that they gave."""
    async with (
        upload_picture(database, store, owner_id=user_id, file=file, limits=limits) as picture,
        database.transaction() as (db, now),
    ):
        await attach_avatar(db, user_id=user_id, picture=picture, now=now)
    return picture


async def attach_avatar(db: Connection, *, user_id: UUID, picture: StoredPicture, now: datetime) -> None:
    user = await lock_active_user(db, user_id)
    await attach_picture(db, picture, replaces=user.avatar_asset_id, now=now)
    await users.set_avatar(db, user_id, path=picture.path, asset_id=picture.asset_id, now=now)


async def remove_avatar(db: Connection, *, user_id: UUID, now: datetime) -> None:
    """Also an address that the person gave; none is no error."""
    user = await lock_active_user(db, user_id)
    await release_asset(db, user.avatar_asset_id, now=now)
    await users.set_avatar(db, user_id, path=None, asset_id=None, now=now)
