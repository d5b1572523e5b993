"""Uploads that were not completed within a day are released, and what they left on the disk is removed."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.core.errors import AppError
from coursify.core.logging import log
from coursify.modules.media.models import Asset
from coursify.modules.media.queries import assets, uploads
from coursify.modules.media.scratch import Scratch
from coursify.modules.media.services.complete_upload import complete_upload
from coursify.modules.media.services.release_asset import release_asset
from coursify.modules.media.store import MediaStore

BATCH = 100


async def release_expired_uploads(database: Database, store: MediaStore, scratch: Scratch) -> int:
    """Returns how many had expired, at most 100. One whose bytes are all there is completed instead."""
    now = await database.now()
    async with database.read() as db:
        expired = await assets.list_expired_uploads(db, now=now, limit=BATCH)
    for asset in expired:
        if asset.kind != "video" or not await _complete(database, store, scratch, asset):
            async with database.transaction() as (db, now):
                if (await assets.lock_asset(db, asset.id)).status == "uploading":
                    await release_asset(db, asset.id, now=now)
    await _sweep(database, scratch)
    return len(expired)


async def _complete(database: Database, store: MediaStore, scratch: Scratch, asset: Asset) -> bool:
    try:
        await complete_upload(database, store, scratch, asset_id=asset.id)
    except AppError as error:
        log.info("an upload expired", asset_id=str(asset.id), reason=error.code)
        return False
    return True


async def _sweep(database: Database, scratch: Scratch) -> None:
    """Remove old forms, and the folders of assets that are neither uploaded nor processed any longer."""
    scratch.remove_old_forms()
    found = scratch.list_ids()
    async with database.read() as db:
        unfinished = set(await uploads.list_unfinished(db, found))
    for asset_id in found:
        if asset_id not in unfinished:
            scratch.remove_upload(asset_id)
            scratch.remove_transcode(asset_id)
