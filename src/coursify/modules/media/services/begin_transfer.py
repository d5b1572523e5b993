"""Where the bytes of a new upload go: straight to the store, or to the application."""

from __future__ import annotations

from dataclasses import replace

from coursify.core.database import Database
from coursify.modules.media.models import Asset, Transfer
from coursify.modules.media.queries import uploads
from coursify.modules.media.services.release_asset import release_asset
from coursify.modules.media.store import MediaStore


async def begin_transfer(database: Database, store: MediaStore, *, asset: Asset, token: str) -> Transfer:
    """Call it after the transaction that made the asset. Without an answer of the store the asset is released."""
    try:
        direct = await store.open_direct_upload(asset.original, size=asset.size_bytes, content_type=asset.content_type)
        if direct is not None:
            async with database.transaction() as (db, _now):
                await uploads.set_direct_upload(db, asset.id, direct_upload=direct.id)
            asset = replace(asset, direct_upload=direct.id)
    except BaseException:
        async with database.transaction() as (db, now):
            await release_asset(db, asset.id, now=now)
        raise
    return Transfer(asset, token, direct)
