"""Captions of a video are removed."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.media.queries import captions


async def remove_captions(db: Connection, *, asset_id: UUID, language: str) -> None:
    """None is no error."""
    await captions.delete_captions(db, asset_id, language=language)
