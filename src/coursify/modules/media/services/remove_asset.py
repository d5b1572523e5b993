"""The bytes of a released asset are removed, then its row."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.modules.media.queries import assets
from coursify.modules.media.scratch import Scratch
from coursify.modules.media.store import MediaStore


async def remove_asset(database: Database, store: MediaStore, scratch: Scratch, *, asset_id: UUID) -> None:
    """May run twice. The row is deleted last, so that a failure leaves something to try again."""
    async with database.read() as db:
        asset = await assets.find_asset(db, asset_id)
    if asset is None or asset.status != "released":
        return
    if asset.direct_upload:
        await store.abort_direct_upload(asset.original, asset.direct_upload)
    await store.delete_folder(asset.path)
    scratch.remove_upload(asset_id)
    scratch.remove_transcode(asset_id)
    async with database.transaction() as (db, _now):
        await assets.delete_asset(db, asset_id)
