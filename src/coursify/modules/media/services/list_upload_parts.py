"""The addresses of the parts of an upload that goes straight to the store, a page at a time."""

from __future__ import annotations

from coursify.modules.media.errors import UploadNotFound
from coursify.modules.media.models import Asset, PartsPage
from coursify.modules.media.store import MediaStore

PAGE = 100


async def list_upload_parts(store: MediaStore, *, asset: Asset, first: int, last: int) -> PartsPage:
    """The parts from `first`, at most 100, up to `last`. Raises UploadNotFound."""
    if asset.direct_upload is None or asset.status != "uploading" or first > last:
        raise UploadNotFound
    after = min(first + PAGE, last + 1)
    parts = await store.part_addresses(asset.original, asset.direct_upload, range(first, after))
    if not parts:
        raise UploadNotFound
    return PartsPage(parts, after if after <= last else None)
