"""Reads the common words that contain what was typed: the index of words has no beginnings and no parts of them."""

from __future__ import annotations

from collections.abc import Sequence

from coursify.core.database import Connection
from coursify.modules.courses.queries import common_words
from coursify.modules.courses.search.question import typed_inside


async def find_common_words(db: Connection, texts: Sequence[str]) -> list[str]:
    """Of a text that was typed, and of its correction."""
    typed = sorted({word for text in texts for word in typed_inside(text)})
    return await common_words.list_common_with(db, patterns=[f"%{word}%" for word in typed]) if typed else []
