"""SQL of the words of courses on sale, and of those that resemble a word with a typing error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from coursify.core.database import Connection, execute, fetch_all, fetch_optional, fetch_values

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


@dataclass(frozen=True, slots=True)
class Refresh:
    finished_at: datetime
    seconds: float


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


async def find_last_refresh(db: Connection) -> Refresh | None:
    return await fetch_optional(
        db, Refresh, "SELECT finished_at, seconds FROM search_refreshes WHERE name = 'words' FOR UPDATE"
    )


async def refresh_words(db: Connection, *, shortest: int, longest: int, least_courses: int, many_courses: int) -> int:
    """Count the words of courses on sale anew. A word of descriptions alone needs `least_courses` courses.

    Words that no course on sale has any more go, and their deletions with them. search_lexemes has what `many_courses`
    courses or more have.
    """
    return await execute(
        db,
        """
        WITH lexemes AS MATERIALIZED (
            SELECT word COLLATE "C" AS lexeme, ndoc AS courses FROM ts_stat($$
                SELECT search.head || array_to_tsvector(
                    string_to_array('w' || replace(search.words || ' ' || search.rest, ' ', ' w'), ' ')
                )
                FROM course_search AS search JOIN courses AS course ON course.id = search.course_id
                WHERE course.status = 'published' AND course.deleted_at IS NULL AND course.sale_suspended_at IS NULL
            $$)
        ), counted AS MATERIALIZED (
            SELECT substr(lexeme, 2) AS word, max(courses) AS courses FROM lexemes
            WHERE length(lexeme) - 1 BETWEEN %(shortest)s::integer AND %(longest)s::integer AND (
                left(lexeme, 1) IN ('t', 'i', 's', 'g')
                OR (left(lexeme, 1) = 'w' AND courses >= %(least_courses)s::integer)
            )
            GROUP BY substr(lexeme, 2)
        ), rare AS (
            DELETE FROM search_lexemes WHERE NOT EXISTS (
                SELECT FROM lexemes
                WHERE lexemes.lexeme = search_lexemes.lexeme AND lexemes.courses >= %(many_courses)s::integer
            ) AND search_lexemes.lexeme <> %(every_course)s
        ), frequent AS (
            INSERT INTO search_lexemes (lexeme, courses)
            SELECT lexeme, courses FROM lexemes WHERE courses >= %(many_courses)s::integer
            UNION ALL
            SELECT %(every_course)s, count(*)::integer FROM courses AS course
            WHERE course.status = 'published' AND course.deleted_at IS NULL AND course.sale_suspended_at IS NULL
            ON CONFLICT (lexeme) DO UPDATE SET courses = excluded.courses
            WHERE search_lexemes.courses <> excluded.courses
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
        many_courses=many_courses,
        every_course=EVERY_COURSE,
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
