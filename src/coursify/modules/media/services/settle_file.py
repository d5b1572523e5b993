"""The bytes of a file are in the store: it is ready."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.media.queries import uploads


async def settle_file(db: Connection, asset_id: UUID, *, now: datetime) -> bool:
    """False when the upload has expired and was released before."""
    return bool(await uploads.mark_file_ready(db, asset_id, now=now))
