"""Every byte of a video has arrived: it is moved to the store, looked at, and transcoded later.

Each step may run twice. A crash in between leaves a whole file, in the scratch folder or in the store, and an asset
that is `uploading`: the next HEAD or PATCH, the completing call or the hourly job goes on from there.
"""

from __future__ import annotations

from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Database
from coursify.modules.media.errors import UploadNotFound, UploadUnfinished, WrongFileType
from coursify.modules.media.file_types import ACCEPTED_VIDEOS, HEAD_BYTES, is_video_head
from coursify.modules.media.models import Asset
from coursify.modules.media.queries import assets, uploads
from coursify.modules.media.scratch import Scratch
from coursify.modules.media.store import ContentRefused, MediaStore, ObjectMissing, UploadIncomplete

WRONG_CONTENT = "This file is not what its name and type say. Export the video again as MP4 or WebM, and upload it."
REFUSED = (
    "This video cannot be read, or it is larger than the school's storage accepts. Export it again, and upload it."
)
WRONG_SIZE = "The file that arrived does not have the size that was announced. Upload it again."


async def complete_upload(database: Database, store: MediaStore, scratch: Scratch, *, asset_id: UUID) -> None:
    """Raises UploadUnfinished, and WrongFileType when the content is rejected; the owner sees the reason as well.

    UploadNotFound: it ended, or its owner is suspended or erased. UploadLocked: another request writes or completes it.
    """
    async with database.read() as db:
        asset = await assets.find_asset(db, asset_id)
        has_active_owner = await uploads.has_active_owner(db, asset_id)
    if asset is None or asset.status in {"rejected", "released"}:
        raise UploadNotFound
    if asset.status != "uploading":
        scratch.remove_upload(asset_id)
        return
    if not has_active_owner:
        raise UploadNotFound
    if asset.direct_upload is None:
        with scratch.locked_upload(asset_id):
            problem = await _move_to_store(store, scratch, asset) or await _find_problem(store, asset)
            await _store_outcome(database, asset, problem)
            scratch.remove_upload(asset_id)
    else:
        await _assemble(store, asset, asset.direct_upload)
        problem = await _find_problem(store, asset)
        await _store_outcome(database, asset, problem)
    if problem:
        await store.delete_folder(asset.path)
        raise WrongFileType(problem, details=[{"field": "file", "message": ACCEPTED_VIDEOS}])


async def _move_to_store(store: MediaStore, scratch: Scratch, asset: Asset) -> str:
    """The reason why the file is not stored. When the file is gone already, a crash came after the move."""
    received = scratch.received_bytes(asset.id)
    if received == asset.size_bytes:
        file = scratch.received(asset.id)
        with file.open("rb") as opened:
            if not is_video_head(opened.read(HEAD_BYTES), asset.content_type):
                return WRONG_CONTENT
        try:
            await store.put_moved(asset.original, file, content_type=asset.content_type)
        except ContentRefused:
            return REFUSED
    elif received is not None or not await is_stored(store, asset):
        raise UploadUnfinished
    return ""


async def _assemble(store: MediaStore, asset: Asset, direct_upload: str) -> None:
    try:
        await store.complete_direct_upload(asset.original, direct_upload)
    except (UploadIncomplete, ObjectMissing) as error:
        raise UploadUnfinished from error


async def is_stored(store: MediaStore, asset: Asset) -> bool:
    """Whether the whole file is in the store."""
    try:
        return await store.size(asset.original) == asset.size_bytes
    except ObjectMissing:
        return False


async def _find_problem(store: MediaStore, asset: Asset) -> str:
    """The reason why the stored file is rejected; empty when it is transcoded."""
    if not await is_stored(store, asset):
        return WRONG_SIZE
    return "" if is_video_head(await _read_head(store, asset), asset.content_type) else WRONG_CONTENT


async def _store_outcome(database: Database, asset: Asset, problem: str) -> None:
    async with database.transaction() as (db, now):
        if problem:
            await uploads.mark_asset_rejected(db, asset.id, reason=problem)
        elif await uploads.mark_upload_processing(db, asset.id, now=now):
            await jobs.defer(db, "media.transcode_video", asset_id=asset.id)


async def _read_head(store: MediaStore, asset: Asset) -> bytes:
    length = min(HEAD_BYTES, asset.size_bytes)
    return b"".join([chunk async for chunk in store.read(asset.original, start=0, length=length)])
