"""SQL of the words of courses on sale, and of those that resemble a word with a typing error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_optional, fetch_value, fetch_values

# In search_lexemes: all courses on sale.
EVERY_COURSE: Final = "*"
# Behind every id, and behind every word.
LAST_ID: Final = UUID(int=2**128 - 1)
LAST_WORD: Final = "\U0010ffff"


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


@dataclass(frozen=True, slots=True)
class Round:
    """How far a count has come: to which course, then to which word."""

    counted_to: UUID
    is_counted: bool
    applied_to: str
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


async def lock_round(db: Connection) -> Round | None:
    """The count that is going on."""
    return await fetch_optional(
        db,
        Round,
        "SELECT counted_to, is_counted, applied_to, seconds FROM search_rounds WHERE name = 'words' FOR UPDATE",
    )


async def insert_round(db: Connection) -> int:
    """A count begins. Returns 0 when another process has begun one."""
    return await execute(
        db,
        """
        INSERT INTO search_rounds (name, counted_to, is_counted, applied_to, courses, seconds)
        VALUES ('words', %(none)s, false, '', 0, 0) ON CONFLICT (name) DO NOTHING
        """,
        none=UUID(int=0),
    )


async def set_round(
    db: Connection, *, counted_to: UUID, is_counted: bool, applied_to: str, courses: int, seconds: float
) -> int:
    """`courses` and `seconds` are added to those of the earlier pieces."""
    return await execute(
        db,
        """
        UPDATE search_rounds SET counted_to = %(counted_to)s, is_counted = %(is_counted)s, applied_to = %(applied_to)s,
            courses = courses + %(courses)s::integer, seconds = seconds + %(seconds)s::real
        WHERE name = 'words'
        """,
        counted_to=counted_to,
        is_counted=is_counted,
        applied_to=applied_to,
        courses=courses,
        seconds=seconds,
    )


async def find_end_of_piece(db: Connection, *, after_id: UUID, size: int) -> UUID:
    """The last of the next `size` courses; LAST_ID when there are fewer."""
    return await fetch_value(
        db,
        UUID,
        """
        SELECT coalesce(
            (SELECT id FROM courses WHERE id > %(after_id)s ORDER BY id LIMIT 1 OFFSET %(size)s::integer - 1),
            %(last_id)s::uuid
        )
        """,
        after_id=after_id,
        size=size,
        last_id=LAST_ID,
    )


async def count_piece(db: Connection, *, after_id: UUID, until_id: UUID) -> int:
    """Add the lexemes of these courses to the tally, all but those of whole titles; returns how many are on sale."""
    return await fetch_value(
        db,
        int,
        """
        WITH counted AS (
            INSERT INTO search_tally AS tally (word, field, courses)
            SELECT substr(word, 2), left(word, 1), ndoc FROM ts_stat(format($$
                SELECT search.head || array_to_tsvector(
                    string_to_array('w' || replace(search.words || ' ' || search.rest, ' ', ' w'), ' ')
                )
                FROM course_search AS search JOIN courses AS course ON course.id = search.course_id
                WHERE course.status = 'published' AND course.deleted_at IS NULL AND course.sale_suspended_at IS NULL
                    AND course.id > %%L AND course.id <= %%L
            $$, %(after_id)s::uuid, %(until_id)s::uuid))
            WHERE left(word, 1) <> '=' AND length(word) > 1
            ON CONFLICT (word, field) DO UPDATE SET courses = tally.courses + excluded.courses
        )
        SELECT count(*) FROM courses
        WHERE id > %(after_id)s AND id <= %(until_id)s
            AND status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL
        """,
        after_id=after_id,
        until_id=until_id,
    )


async def find_end_of_words(db: Connection, *, after: str, size: int) -> str:
    """The last word of the next `size` rows of the tally; LAST_WORD when there are fewer."""
    return await fetch_value(
        db,
        str,
        """
        SELECT coalesce(
            (
                SELECT word FROM search_tally WHERE word > %(after)s
                ORDER BY word, field LIMIT 1 OFFSET %(size)s::integer - 1
            ),
            %(last_word)s::text
        )
        """,
        after=after,
        size=size,
        last_word=LAST_WORD,
    )


async def apply_words(
    db: Connection, *, after: str, until: str, shortest: int, longest: int, least_courses: int, many_courses: int
) -> int:
    """Move a range of words from the tally to search_words, search_deletes and search_lexemes.

    What no course on sale has any more goes. A word of descriptions alone needs `least_courses` courses; search_lexemes
    has what `many_courses` courses or more have.
    """
    return await execute(
        db,
        """
        WITH lexemes AS MATERIALIZED (
            SELECT word, field, courses FROM search_tally WHERE word > %(after)s AND word <= %(until)s
        ), taken AS (
            DELETE FROM search_tally WHERE word > %(after)s AND word <= %(until)s
        ), counted AS MATERIALIZED (
            SELECT word, max(courses) AS courses FROM lexemes
            WHERE length(word) BETWEEN %(shortest)s::integer AND %(longest)s::integer AND (
                field IN ('t', 'i', 's', 'g') OR (field = 'w' AND courses >= %(least_courses)s::integer)
            )
            GROUP BY word
        ), rare AS (
            DELETE FROM search_lexemes WHERE substr(lexeme, 2) > %(after)s AND substr(lexeme, 2) <= %(until)s
                AND NOT EXISTS (
                    SELECT FROM lexemes WHERE lexemes.field || lexemes.word = search_lexemes.lexeme
                        AND lexemes.courses >= %(many_courses)s::integer
                )
        ), frequent AS (
            INSERT INTO search_lexemes (lexeme, courses)
            SELECT field || word, courses FROM lexemes WHERE courses >= %(many_courses)s::integer
            ON CONFLICT (lexeme) DO UPDATE SET courses = excluded.courses
            WHERE search_lexemes.courses <> excluded.courses
        ), gone AS (
            DELETE FROM search_words WHERE word > %(after)s AND word <= %(until)s
                AND NOT EXISTS (SELECT FROM counted WHERE counted.word = search_words.word)
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
        after=after,
        until=until,
        shortest=shortest,
        longest=longest,
        least_courses=least_courses,
        many_courses=many_courses,
    )


async def finish_round(db: Connection, *, now: datetime) -> int:
    """The count has ended: how many courses are on sale, and when it ended."""
    return await execute(
        db,
        """
        WITH ended AS (
            DELETE FROM search_rounds WHERE name = 'words' RETURNING courses, seconds
        ), every_course AS (
            INSERT INTO search_lexemes (lexeme, courses) SELECT %(every_course)s, courses FROM ended
            ON CONFLICT (lexeme) DO UPDATE SET courses = excluded.courses
        )
        INSERT INTO search_refreshes (name, finished_at, seconds) SELECT 'words', %(now)s, seconds FROM ended
        ON CONFLICT (name) DO UPDATE SET finished_at = excluded.finished_at, seconds = excluded.seconds
        """,
        now=now,
        every_course=EVERY_COURSE,
    )
