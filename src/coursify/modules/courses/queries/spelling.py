"""SQL of the words of courses on sale, and of those that resemble a word with a typing error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from coursify.core.database import Connection, fetch_all, fetch_values

# In search_lexemes: all courses on sale.
EVERY_COURSE: Final = "*"


@dataclass(frozen=True, slots=True)
class LexemeCount:
    """How many courses have the lexeme; `begins`: the most frequent lexeme that begins with it."""

    lexeme: str
    begins: bool
    courses: int


@dataclass(frozen=True, slots=True)
class KnownWord:
    """A word, and how many courses on sale have it."""

    word: str
    courses: int


async def count_lexemes(db: Connection, *, lexemes: list[str], beginnings: list[str]) -> dict[tuple[str, bool], int]:
    """Of the lexemes, and of those that begin so, which many courses have; with EVERY_COURSE."""
    rows = await fetch_all(
        db,
        LexemeCount,
        """
        SELECT lexeme, false AS begins, courses FROM search_lexemes
        WHERE lexeme = ANY(%(lexemes)s::text[] || %(every_course)s::text)
        UNION ALL
        SELECT asked.lexeme, true, most.courses FROM unnest(%(beginnings)s::text[]) AS asked (lexeme)
        CROSS JOIN LATERAL (
            SELECT max(known.courses) AS courses FROM search_lexemes AS known
            WHERE known.lexeme >= asked.lexeme AND known.lexeme < asked.lexeme || U&'\\+10FFFF'
        ) AS most
        WHERE most.courses IS NOT NULL
        """,
        lexemes=lexemes,
        beginnings=beginnings,
        every_course=EVERY_COURSE,
    )
    return {(row.lexeme, row.begins): row.courses for row in rows}


async def list_known_words(db: Connection, words: list[str]) -> list[str]:
    return await fetch_values(db, str, "SELECT word FROM search_words WHERE word = ANY(%(words)s::text[])", words=words)


async def list_similar_words(db: Connection, *, word: str, deletions: list[str], limit: int) -> list[KnownWord]:
    """Words that are `word` without a letter, or equal to it once each lost a letter; the caller checks them again."""
    return await fetch_all(
        db,
        KnownWord,
        """
        SELECT known.word, known.courses FROM search_words AS known
        WHERE known.word = ANY(%(deletions)s::text[]) OR known.word IN (
            SELECT resembling.word FROM search_deletes AS resembling
            WHERE resembling.deletion = ANY(%(deletions)s::text[] || %(word)s::text)
        )
        ORDER BY known.courses DESC, known.word LIMIT %(limit)s
        """,
        word=word,
        deletions=deletions,
        limit=limit,
    )
