"""An upload is found by the token of its address."""

from __future__ import annotations

import re

from coursify.core.crypto import digest
from coursify.core.database import Database
from coursify.modules.media.errors import UploadNotFound
from coursify.modules.media.models import Asset
from coursify.modules.media.queries import uploads

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


async def find_upload(database: Database, *, token: str) -> Asset:
    """Raises UploadNotFound for an unknown token, and for an upload that has expired or was rejected."""
    if not _TOKEN.fullmatch(token):
        raise UploadNotFound
    now = await database.now()
    async with database.read() as db:
        asset = await uploads.find_upload(db, upload_hash=digest(token))
    if asset is None or asset.status in {"rejected", "released"}:
        raise UploadNotFound
    if asset.status == "uploading" and asset.expires_at and asset.expires_at <= now:
        raise UploadNotFound
    return asset
