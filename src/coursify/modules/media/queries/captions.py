"""SQL of captions: the WebVTT of a video, per language."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, fetch_values, find_value


async def list_languages(db: Connection, asset_id: UUID) -> list[str]:
    """The languages in which a video has captions, in alphabetical order."""
    return await fetch_values(
        db,
        str,
        "SELECT language FROM captions WHERE asset_id = %(asset_id)s ORDER BY language",
        asset_id=asset_id,
    )


async def find_captions(db: Connection, *, asset_id: UUID, language: str) -> str | None:
    """The WebVTT of one language."""
    return await find_value(
        db,
        str,
        "SELECT content FROM captions WHERE asset_id = %(asset_id)s AND language = %(language)s",
        asset_id=asset_id,
        language=language,
    )
