"""Uploads that were not completed within a day are released."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.modules.media.queries import assets
from coursify.modules.media.services.release_asset import release_asset

BATCH = 100


async def release_expired_uploads(database: Database) -> int:
    """Returns how many were released, at most 100."""
    async with database.transaction() as (db, now):
        expired = await assets.list_expired_uploads(db, now=now, limit=BATCH)
        for asset in expired:
            await release_asset(db, asset.id, now=now)
    return len(expired)
