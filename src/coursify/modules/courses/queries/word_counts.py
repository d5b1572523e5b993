"""SQL that counts the words of courses on sale in pieces, for search_words, search_lexemes and search_common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_optional, fetch_value
from coursify.modules.courses.queries.spelling import EVERY_COURSE

# Behind every id, and behind every word.
LAST_ID: Final = UUID(int=2**128 - 1)
LAST_WORD: Final = "\U0010ffff"


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
            -- Without the marks of common words; r: where parts of a word do not count.
            SELECT ltrim(substr(word, 2), '*^'), left(word, 1), sum(ndoc) FROM ts_stat(format($$
                SELECT search.head || array_to_tsvector(
                    string_to_array('w' || replace(search.words, ' ', ' w'), ' ')
                    || string_to_array('r' || replace(search.rest, ' ', ' r'), ' ')
                )
                FROM course_search AS search JOIN courses AS course ON course.id = search.course_id
                WHERE course.status = 'published' AND course.deleted_at IS NULL AND course.sale_suspended_at IS NULL
                    AND course.id > %%L AND course.id <= %%L
            $$, %(after_id)s::uuid, %(until_id)s::uuid))
            WHERE left(word, 1) <> '=' AND length(word) > 1
            GROUP BY 1, 2
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
    db: Connection,
    *,
    after: str,
    until: str,
    shortest: int,
    longest: int,
    least_courses: int,
    many_courses: int,
    common_courses: int,
) -> int:
    """Move a range of words from the tally to search_words, search_deletes, search_lexemes and search_common.

    What no course on sale has any more goes, except from search_common. A word of descriptions alone needs
    `least_courses` courses; search_lexemes has what `many_courses` courses or more have.
    """
    return await execute(
        db,
        """
        WITH lexemes AS MATERIALIZED (
            SELECT word, CASE field WHEN 'r' THEN 'w' ELSE field END AS field, sum(courses)::integer AS courses,
                   coalesce(sum(courses) FILTER (WHERE field = 'w'), 0)::integer AS courses_by_part
            FROM search_tally WHERE word > %(after)s AND word <= %(until)s GROUP BY 1, 2
        ), taken AS (
            DELETE FROM search_tally WHERE word > %(after)s AND word <= %(until)s
        ), counted AS MATERIALIZED (
            SELECT word, max(courses) AS courses, max(courses_by_part) AS courses_by_part FROM lexemes
            WHERE length(word) BETWEEN %(shortest)s::integer AND %(longest)s::integer AND (
                field IN ('t', 'i', 's', 'g') OR (field = 'w' AND courses >= %(least_courses)s::integer)
            )
            GROUP BY word
        ), rare AS (
            DELETE FROM search_lexemes WHERE substr(lexeme, 2) > %(after)s AND substr(lexeme, 2) <= %(until)s
                AND left(lexeme, 1) <> 'p' AND NOT EXISTS (
                    SELECT FROM lexemes WHERE lexemes.field || lexemes.word = search_lexemes.lexeme
                        AND lexemes.courses >= %(many_courses)s::integer
                )
        ), frequent AS (
            INSERT INTO search_lexemes (lexeme, courses)
            SELECT field || word, courses FROM lexemes WHERE courses >= %(many_courses)s::integer
            ON CONFLICT (lexeme) DO UPDATE SET courses = excluded.courses
            WHERE search_lexemes.courses <> excluded.courses
        ), common AS (
            INSERT INTO search_common (word)
            SELECT word FROM lexemes WHERE field = 'w' AND courses >= %(common_courses)s::integer
            ON CONFLICT (word) DO NOTHING
        ), gone AS (
            DELETE FROM search_words WHERE word > %(after)s AND word <= %(until)s
                AND NOT EXISTS (SELECT FROM counted WHERE counted.word = search_words.word)
        ), kept AS (
            INSERT INTO search_words (word, courses, courses_by_part)
            SELECT word, courses, courses_by_part FROM counted
            ON CONFLICT (word) DO UPDATE SET courses = excluded.courses, courses_by_part = excluded.courses_by_part
            WHERE (search_words.courses, search_words.courses_by_part) <> (excluded.courses, excluded.courses_by_part)
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
        common_courses=common_courses,
    )


async def count_parts(db: Connection, *, longest: int, many_courses: int) -> int:
    """In search_lexemes, parts of three letters or more that many courses have, from the words in search_words.

    Words are taken as independent of each other.
    """
    return await execute(
        db,
        """
        WITH every_course AS (
            SELECT greatest(courses, 1)::double precision AS courses FROM search_rounds WHERE name = 'words'
        ), parts AS (
            SELECT 'p' || part.part AS lexeme, sum(known.courses_by_part) AS courses
            FROM search_words AS known CROSS JOIN LATERAL (
                SELECT DISTINCT substr(known.word, start, size) AS part
                FROM generate_series(2, length(known.word) - 2) AS start
                CROSS JOIN generate_series(3, least(%(longest)s::integer, length(known.word) - start + 1)) AS size
            ) AS part
            GROUP BY part.part HAVING sum(known.courses_by_part) >= %(many_courses)s::integer
        ), rare AS (
            DELETE FROM search_lexemes WHERE left(lexeme, 1) = 'p'
                AND NOT EXISTS (SELECT FROM parts WHERE parts.lexeme = search_lexemes.lexeme)
        )
        INSERT INTO search_lexemes (lexeme, courses)
        SELECT parts.lexeme, (every_course.courses * (1 - exp(-parts.courses / every_course.courses)))::integer
        FROM parts CROSS JOIN every_course
        ON CONFLICT (lexeme) DO UPDATE SET courses = excluded.courses WHERE search_lexemes.courses <> excluded.courses
        """,
        longest=longest,
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
