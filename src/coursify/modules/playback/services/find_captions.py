"""A player loads the captions of one language."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.core.errors import NotFound
from coursify.modules.media.queries import captions


async def find_captions(database: Database, *, asset_id: UUID, language: str) -> str:
    """WebVTT. Raises NotFound when the video has no captions in this language."""
    async with database.read() as db:
        content = await captions.find_captions(db, asset_id=asset_id, language=language)
    if content is None:
        raise NotFound
    return content
