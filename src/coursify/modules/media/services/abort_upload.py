"""The client gives an upload up: nothing of it is kept."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.modules.media.errors import UploadNotFound
from coursify.modules.media.queries import assets
from coursify.modules.media.scratch import Scratch
from coursify.modules.media.services.find_upload import find_upload
from coursify.modules.media.services.release_asset import release_asset


async def abort_upload(database: Database, scratch: Scratch, *, token: str) -> None:
    """Raises UploadNotFound for one that is complete already, and UploadLocked while bytes are written."""
    asset = await find_upload(database, token=token)
    if asset.status != "uploading":
        raise UploadNotFound
    with scratch.locked_upload(asset.id):
        async with database.transaction() as (db, now):
            if (await assets.lock_asset(db, asset.id)).status != "uploading":
                raise UploadNotFound
            await release_asset(db, asset.id, now=now)
        scratch.remove_upload(asset.id)
