"""Nothing uses an asset any longer: it is marked, and a job removes its bytes and its row."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Connection
from coursify.modules.media.queries import assets


async def release_asset(db: Connection, asset_id: UUID | None, *, now: datetime) -> None:
    """Release an asset; None and one that is already released are no error."""
    if asset_id is not None and await assets.mark_asset_released(db, asset_id, now=now):
        await jobs.defer(db, "media.remove_asset", asset_id=asset_id)
