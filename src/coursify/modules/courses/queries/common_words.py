"""SQL of the words that so many courses have that the index of words keeps them apart (search/vectors.py)."""

from __future__ import annotations

from coursify.core.database import Connection, fetch_values


async def list_common(db: Connection, words: list[str]) -> list[str]:
    """Which of the words are common."""
    return await fetch_values(
        db, str, "SELECT word FROM search_common WHERE word = ANY(%(words)s::text[])", words=words
    )
