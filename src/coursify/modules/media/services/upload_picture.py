"""A picture is encoded and stored, and then attached to what it shows, or removed again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Database
from coursify.core.settings import MediaSettings
from coursify.core.uploaded_file import UploadedFile
from coursify.modules.media.errors import AssetNotFound
from coursify.modules.media.models import Asset
from coursify.modules.media.queries import assets
from coursify.modules.media.services.encode_picture import EncodedPicture, encode_picture
from coursify.modules.media.services.open_upload import open_upload
from coursify.modules.media.services.release_asset import release_asset
from coursify.modules.media.store import LARGEST_FIRST, MediaStore, picture_path


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """`path` is what the thing above has: the asset's folder and the hash."""

    asset_id: UUID
    hash: str
    path: str


@asynccontextmanager
async def upload_picture(
    database: Database, store: MediaStore, *, owner_id: UUID, file: UploadedFile, limits: MediaSettings
) -> AsyncIterator[StoredPicture]:
    """A stored picture, which the block attaches with `attach_picture` in a transaction of its own.

    The asset is committed before its bytes are stored, and expires: what a crash leaves behind is removed by a job. If
    the block raises, the picture is released at once.
    """
    encoded = await encode_picture(file)
    async with database.transaction() as (db, now):
        asset = await open_picture(
            db, owner_id=owner_id, filename=file.filename, encoded=encoded, limits=limits, now=now
        )
    try:
        yield await store_picture(store, asset, encoded)
    except BaseException:
        await _release_unattached(database, asset.id)
        raise


async def _release_unattached(database: Database, asset_id: UUID) -> None:
    """The block may have raised after its commit: an attached picture stays."""
    async with database.transaction() as (db, now):
        if (await assets.lock_asset(db, asset_id)).status == "uploading":
            await release_asset(db, asset_id, now=now)


async def open_picture(
    db: Connection, *, owner_id: UUID, filename: str, encoded: EncodedPicture, limits: MediaSettings, now: datetime
) -> Asset:
    """The asset of a picture that is not stored yet. Raises TooManyUploads and StorageQuotaExceeded."""
    return await open_upload(
        db,
        owner_id=owner_id,
        kind="image",
        filename=filename,
        content_type="image/webp",
        size_bytes=encoded.total_bytes,
        limits=limits,
        now=now,
    )


async def store_picture(store: MediaStore, asset: Asset, encoded: EncodedPicture) -> StoredPicture:
    """Store every size, the largest first. Raises StoreUnavailable."""
    path = f"{asset.path}/{encoded.hash}"
    for size in LARGEST_FIRST:
        await store.put(picture_path(path, size), encoded.sizes[size], content_type="image/webp")
    return StoredPicture(asset.id, encoded.hash, path)


async def attach_picture(db: Connection, picture: StoredPicture, *, replaces: UUID | None, now: datetime) -> None:
    """The picture is ready, and the asset that it replaces is released. Raises AssetNotFound when it has expired."""
    if not await assets.mark_picture_ready(db, picture.asset_id, image_hash=picture.hash, now=now):
        raise AssetNotFound
    await release_asset(db, replaces, now=now)
