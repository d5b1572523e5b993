"""What media does later."""

from __future__ import annotations

from uuid import UUID

from coursify.modules.media.services.release_asset import release_asset
from coursify.modules.media.services.release_expired_uploads import release_expired_uploads
from coursify.modules.media.services.remove_asset import remove_asset
from coursify.modules.media.store import MediaResources


async def remove_asset_job(resources: MediaResources, asset_id: str) -> None:
    await remove_asset(resources.database, resources.media, asset_id=UUID(asset_id))


async def release_asset_job(resources: MediaResources, asset_id: str) -> None:
    async with resources.database.transaction() as (db, now):
        await release_asset(db, UUID(asset_id), now=now)


async def release_expired_uploads_job(resources: MediaResources) -> None:
    await release_expired_uploads(resources.database)
