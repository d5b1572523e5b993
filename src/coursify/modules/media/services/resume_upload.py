"""A client asks how far its upload has come; a whole one that was not completed yet is completed."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.modules.media.errors import UploadNotFound
from coursify.modules.media.models import UploadState
from coursify.modules.media.scratch import Scratch
from coursify.modules.media.services.complete_upload import complete_upload, is_stored
from coursify.modules.media.services.find_upload import find_upload
from coursify.modules.media.store import MediaStore


async def resume_upload(database: Database, store: MediaStore, scratch: Scratch, *, token: str) -> UploadState:
    """Raises UploadNotFound, also where the bytes go straight to the store, and what completing raises."""
    asset = await find_upload(database, token=token)
    if asset.direct_upload is not None:
        raise UploadNotFound
    if asset.status != "uploading":
        return UploadState(asset, asset.size_bytes)
    received = scratch.received_bytes(asset.id)
    if received is None:
        # No byte has arrived yet, or a crash came between the move to the store and its record.
        received = asset.size_bytes if await is_stored(store, asset) else 0
    if received == asset.size_bytes:
        await complete_upload(database, store, scratch, asset_id=asset.id)
    return UploadState(asset, received)
