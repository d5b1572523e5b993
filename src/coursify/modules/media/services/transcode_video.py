"""An uploaded video is probed and transcoded, and becomes ready in one transaction; or it is rejected with a reason.

Every attempt works in a folder of its own, here and in the store, so that a killed one leaves nothing that is played.
"""

from __future__ import annotations

import time
from pathlib import Path
from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Database
from coursify.core.logging import log
from coursify.core.metrics import REJECTED_VIDEOS
from coursify.modules.media.errors import VideoRejected
from coursify.modules.media.ffmpeg.binary import find_ffmpeg
from coursify.modules.media.ffmpeg.encode import Encoded, draw_poster, encode
from coursify.modules.media.ffmpeg.probe import probe
from coursify.modules.media.ffmpeg.process import Interrupted, OnProgress, TooSlow
from coursify.modules.media.models import Asset
from coursify.modules.media.queries import assets, transcoding, uploads
from coursify.modules.media.scratch import Scratch
from coursify.modules.media.services.publish_renditions import publish_renditions
from coursify.modules.media.store import MediaResources, ObjectMissing, StoreUnavailable

# With the pauses between them, about four hours.
MAX_ATTEMPTS = 15
PROGRESS_SECONDS = 2.0
# The rest is for encrypting and storing the segments.
ENCODED_PERCENT = 95
GIVEN_UP = "The video could not be processed on our side, after several attempts. Upload it again."
TOO_SLOW = "Processing this video takes too long. Export it with a smaller picture or divide it, and upload it again."
LOST = "The uploaded file was lost. Upload it again."


async def transcode_video(resources: MediaResources, *, asset_id: UUID) -> None:
    """May run twice. Raises what went wrong while another attempt may succeed."""
    async with resources.database.transaction() as (db, _now):
        attempt = await transcoding.begin_attempt(db, asset_id)
        asset = await assets.find_asset(db, asset_id)
    if attempt is None or asset is None:
        return
    scratch = Scratch(resources.settings.media.media_scratch_folder)
    try:
        with scratch.transcode_attempt(asset_id) as folder:
            await _transcode(resources, asset, folder)
    except VideoRejected as rejected:
        await _reject(resources, asset, rejected.reason)
    except TooSlow:
        await _reject(resources, asset, TOO_SLOW)
    except ObjectMissing:
        await _reject(resources, asset, LOST)
    except (StoreUnavailable, Interrupted, OSError) as error:
        log.warning("transcoding failed", asset_id=str(asset_id), attempt=attempt, error=str(error)[:300])
        if attempt < MAX_ATTEMPTS:
            raise
        await _reject(resources, asset, GIVEN_UP)


async def _transcode(resources: MediaResources, asset: Asset, folder: Path) -> None:
    """Without ffmpeg the file is served as it is."""
    binary = find_ffmpeg(resources.settings.media.ffmpeg_path)
    if binary is None:
        await _serve_as_it_is(resources, asset)
        return
    source = folder / "original"
    await resources.media.download(asset.original, source)
    found = await probe(binary, source, content_type=asset.content_type)
    encoded = await encode(
        binary,
        source,
        content_type=asset.content_type,
        probe=found,
        folder=folder,
        seconds=resources.settings.media.transcode_seconds,
        on_progress=_recorder(resources.database, asset.id, found.seconds),
    )
    poster = await draw_poster(binary, encoded[0], folder=folder)
    await publish_renditions(resources, asset=asset, encoded=_with_equal_segments(encoded), poster=poster)


def _with_equal_segments(encoded: list[Encoded]) -> list[Encoded]:
    """Every rendition has the same segments; one that has other ones could not share their keys."""
    count = len(encoded[0].segments)
    return [rendition for rendition in encoded if len(rendition.segments) == count]


def _recorder(database: Database, asset_id: UUID, seconds: float | None) -> OnProgress:
    """Store the progress at most every two seconds; without a known duration there is none."""
    stored_at = time.monotonic()

    async def record(done: float) -> None:
        nonlocal stored_at
        if not seconds or time.monotonic() - stored_at < PROGRESS_SECONDS:
            return
        stored_at = time.monotonic()
        progress = min(ENCODED_PERCENT, int(done / seconds * ENCODED_PERCENT))
        async with database.transaction() as (db, _now):
            await transcoding.raise_progress(db, asset_id, progress=progress)

    return record


async def _serve_as_it_is(resources: MediaResources, asset: Asset) -> None:
    async with resources.database.transaction() as (db, now):
        if await uploads.mark_file_ready(db, asset.id, now=now):
            await jobs.defer(db, "courses.attach_video", asset_id=asset.id)


async def _reject(resources: MediaResources, asset: Asset, reason: str) -> None:
    async with resources.database.transaction() as (db, _now):
        is_rejected = await uploads.mark_asset_rejected(db, asset.id, reason=reason)
    if is_rejected:
        REJECTED_VIDEOS.inc()
        try:
            await resources.media.delete_folder(asset.path)
        except StoreUnavailable as error:
            # The folder goes with the asset, when the owner uploads another video.
            log.warning("a rejected video was not removed", asset_id=str(asset.id), error=error.reason)
