"""What media does later."""

from __future__ import annotations

from uuid import UUID

from coursify.modules.media.scratch import Scratch
from coursify.modules.media.services.release_asset import release_asset
from coursify.modules.media.services.release_expired_uploads import release_expired_uploads
from coursify.modules.media.services.remove_asset import remove_asset
from coursify.modules.media.services.transcode_video import transcode_video
from coursify.modules.media.store import MediaResources


async def remove_asset_job(resources: MediaResources, asset_id: str) -> None:
    scratch = Scratch(resources.settings.media.media_scratch_folder)
    await remove_asset(resources.database, resources.media, scratch, asset_id=UUID(asset_id))


async def transcode_video_job(resources: MediaResources, asset_id: str) -> None:
    await transcode_video(resources, asset_id=UUID(asset_id))


async def release_asset_job(resources: MediaResources, asset_id: str) -> None:
    async with resources.database.transaction() as (db, now):
        await release_asset(db, UUID(asset_id), now=now)


async def release_expired_uploads_job(resources: MediaResources) -> None:
    scratch = Scratch(resources.settings.media.media_scratch_folder)
    await release_expired_uploads(resources.database, resources.media, scratch)
