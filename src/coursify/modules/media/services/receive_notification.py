"""The store says that an upload has arrived: the store is asked, and then the upload is complete."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from coursify.core.database import Database
from coursify.core.logging import log
from coursify.modules.media.errors import UploadNotFound, UploadUnfinished, WrongFileType
from coursify.modules.media.queries import uploads
from coursify.modules.media.scratch import Scratch
from coursify.modules.media.services.complete_upload import complete_upload
from coursify.modules.media.store import MediaStore


async def receive_notification(
    database: Database, store: MediaStore, scratch: Scratch, *, body: bytes, headers: Mapping[str, str]
) -> None:
    """One that is not signed costs no connection; one about an unknown or complete upload has no effect.

    Raises NotificationRefused, and StoreUnavailable so that the store sends it again.
    """
    path = store.uploaded_path(body, headers, now=datetime.now(UTC) + database.offset())
    if path is None:
        return
    async with database.read() as db:
        asset = await uploads.find_direct_upload(db, path=path.partition("/")[0])
    if asset is None or asset.original != path:
        log.info("the store reports a file that nobody waits for", path=path[:200])
        return
    try:
        await complete_upload(database, store, scratch, asset_id=asset.id)
    except (UploadNotFound, UploadUnfinished, WrongFileType) as error:
        log.info("a reported upload was not accepted", asset_id=str(asset.id), reason=error.code)
