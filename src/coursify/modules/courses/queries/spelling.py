"""SQL of the words of courses on sale, and of those that resemble a word with a typing error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from coursify.core.database import Connection, fetch_all, fetch_values

# In search_lexemes: all courses on sale.
EVERY_COURSE: Final = "*"


@dataclass(frozen=True, slots=True)
class LexemeCount:
    """How many courses have the lexeme; `kind` "begins": the most frequent lexeme that begins with it; "common": a
    common word.
    """

    lexeme: str
    kind: Literal["exact", "begins", "common"]
    courses: int


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the lexemes of a search: how many courses have them, and the common words among them."""

    exact: dict[str, int]
    beginnings: dict[str, int]
    common: list[str]


@dataclass(frozen=True, slots=True)
class KnownWord:
    """A word, and how many courses on sale have it."""

    word: str
    courses: int


async def count_lexemes(db: Connection, *, lexemes: list[str], beginnings: list[str], patterns: list[str]) -> Known:
    """Of the lexemes, and of those that begin so, which many courses have, with EVERY_COURSE; and the common words that
    are LIKE one of the patterns.
    """
    rows = await fetch_all(
        db,
        LexemeCount,
        """
        SELECT lexeme, 'exact' AS kind, courses FROM search_lexemes
        WHERE lexeme = ANY(%(lexemes)s::text[] || %(every_course)s::text)
        UNION ALL
        SELECT asked.lexeme, 'begins', most.courses FROM unnest(%(beginnings)s::text[]) AS asked (lexeme)
        CROSS JOIN LATERAL (
            SELECT max(known.courses) AS courses FROM search_lexemes AS known
            WHERE known.lexeme >= asked.lexeme AND known.lexeme < asked.lexeme || U&'\\+10FFFF'
        ) AS most
        WHERE most.courses IS NOT NULL
        UNION ALL
        SELECT word, 'common', 0 FROM search_common WHERE word LIKE ANY(%(patterns)s::text[])
        """,
        lexemes=lexemes,
        beginnings=beginnings,
        patterns=patterns,
        every_course=EVERY_COURSE,
    )
    return Known(
        {row.lexeme: row.courses for row in rows if row.kind == "exact"},
        {row.lexeme: row.courses for row in rows if row.kind == "begins"},
        sorted(row.lexeme for row in rows if row.kind == "common"),
    )


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
