"""SQL of captions: the WebVTT of a video, per language."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_values, find_value


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


async def upsert_captions(db: Connection, asset_id: UUID, *, language: str, content: str, now: datetime) -> int:
    return await execute(
        db,
        """
        INSERT INTO captions (asset_id, language, content, created_at)
        VALUES (%(asset_id)s, %(language)s, %(content)s, %(now)s)
        ON CONFLICT (asset_id, language) DO UPDATE SET content = EXCLUDED.content, created_at = EXCLUDED.created_at
        """,
        asset_id=asset_id,
        language=language,
        content=content,
        now=now,
    )


async def delete_captions(db: Connection, asset_id: UUID, *, language: str) -> int:
    return await execute(
        db,
        "DELETE FROM captions WHERE asset_id = %(asset_id)s AND language = %(language)s",
        asset_id=asset_id,
        language=language,
    )
