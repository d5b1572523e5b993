"""SQL of the words of courses on sale, and of those that resemble a word with a typing error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from coursify.core.database import Connection, execute, fetch_all, fetch_optional, fetch_values


@dataclass(frozen=True, slots=True)
class KnownWord:
    """A word, and how many courses on sale have it."""

    word: str
    courses: int


@dataclass(frozen=True, slots=True)
class Refresh:
    finished_at: datetime
    seconds: float


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


async def find_last_refresh(db: Connection) -> Refresh | None:
    return await fetch_optional(
        db, Refresh, "SELECT finished_at, seconds FROM search_refreshes WHERE name = 'words' FOR UPDATE"
    )


async def refresh_words(db: Connection, *, shortest: int, longest: int, least_courses: int) -> int:
    """Count the words of courses on sale anew. A word of descriptions alone needs `least_courses` courses.

    Words that no course on sale has any more go, and their deletions with them.
    """
    return await execute(
        db,
        """
        WITH counted AS MATERIALIZED (
            SELECT substr(word, 2) COLLATE "C" AS word, max(ndoc) AS courses
            FROM ts_stat($$
                SELECT search.head || search.body FROM course_search AS search
                JOIN courses AS course ON course.id = search.course_id
                WHERE course.status = 'published' AND course.deleted_at IS NULL AND course.sale_suspended_at IS NULL
            $$)
            WHERE length(word) - 1 BETWEEN %(shortest)s::integer AND %(longest)s::integer AND (
                left(word, 1) IN ('t', 'i', 's', 'g') OR (left(word, 1) = 'w' AND ndoc >= %(least_courses)s::integer)
            )
            GROUP BY substr(word, 2) COLLATE "C"
        ), gone AS (
            DELETE FROM search_words WHERE NOT EXISTS (SELECT FROM counted WHERE counted.word = search_words.word)
        ), kept AS (
            INSERT INTO search_words (word, courses) SELECT word, courses FROM counted
            ON CONFLICT (word) DO UPDATE SET courses = excluded.courses
            WHERE search_words.courses <> excluded.courses
        )
        INSERT INTO search_deletes (deletion, word)
        SELECT DISTINCT left(counted.word, place - 1) || substr(counted.word, place + 1), counted.word
        FROM counted CROSS JOIN generate_series(1, length(counted.word)) AS place
        WHERE NOT EXISTS (SELECT FROM search_words AS known WHERE known.word = counted.word)
        """,
        shortest=shortest,
        longest=longest,
        least_courses=least_courses,
    )


async def set_last_refresh(db: Connection, *, now: datetime, seconds: float) -> int:
    return await execute(
        db,
        """
        INSERT INTO search_refreshes (name, finished_at, seconds) VALUES ('words', %(now)s, %(seconds)s)
        ON CONFLICT (name) DO UPDATE SET finished_at = excluded.finished_at, seconds = excluded.seconds
        """,
        now=now,
        seconds=seconds,
    )
