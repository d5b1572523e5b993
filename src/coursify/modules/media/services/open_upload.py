"""An upload begins: its row is made, within what one person may upload and keep."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.settings import MediaSettings
from coursify.modules.media.errors import StorageQuotaExceeded, TooManyUploads
from coursify.modules.media.models import UPLOAD_LIFETIME, Asset, AssetKind
from coursify.modules.media.queries import assets
from coursify.modules.users.services.lock_active_user import lock_active_user

_PATH_BYTES = 24  # 32 characters


async def open_upload(
    db: Connection,
    *,
    owner_id: UUID,
    kind: AssetKind,
    filename: str,
    content_type: str,
    size_bytes: int,
    limits: MediaSettings,
    now: datetime,
) -> Asset:
    """The new asset, `uploading`. Raises TooManyUploads and StorageQuotaExceeded.

    The owner's row is locked, so that uploads which begin at the same time are counted. Lock it before any course.
    """
    await lock_active_user(db, owner_id)
    usage = await assets.find_usage(db, owner_id)
    if usage.open_uploads >= limits.max_open_uploads:
        raise TooManyUploads(headers={"Retry-After": "60"})
    if usage.total_bytes + size_bytes > limits.max_owner_bytes:
        raise StorageQuotaExceeded(headers={"Retry-After": "3600"})
    return await assets.insert_asset(
        db,
        owner_id=owner_id,
        kind=kind,
        path=secrets.token_urlsafe(_PATH_BYTES),
        filename=filename,
        content_type=content_type,
        size_bytes=size_bytes,
        expires_at=now + UPLOAD_LIFETIME,
        now=now,
    )
