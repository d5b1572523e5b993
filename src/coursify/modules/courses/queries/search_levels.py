"""SQL of searches that read the levels of relevance one after the other (docs/search.md)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from coursify.core.database import Connection, fetch_one
from coursify.core.pagination import Key
from coursify.modules.courses.queries import search
from coursify.modules.courses.queries.catalogue import INSIDE, LEXEMES, ORDERS, where
from coursify.modules.courses.queries.search import IN_HEAD, MATCHING, joined, key_params
from coursify.modules.courses.search.question import LAST_OF_HEAD, LEVELS

FILTERS: Final = search.FILTERS
# All lexemes but those of parts, which take most of the time.
_OF_WHOLE_WORDS: Final = """(
    search.head
    || array_to_tsvector(string_to_array('w' || replace(search.words || ' ' || search.rest, ' ', ' w'), ' '))
)"""
_BY_POPULARITY: Final = "course.enrollment_count DESC, course.average_rating DESC, course.id DESC"
_AFTER_POPULARITY: Final = (
    "(course.enrollment_count, course.average_rating, course.id)"
    " < (%(after_0)s::bigint, %(after_1)s::numeric, %(after_2)s::uuid)"
)


@dataclass(frozen=True, slots=True)
class FoundInHead:
    """The first courses of the levels that need the head alone; not `is_whole`: there are too many for this."""

    is_whole: bool
    ids: list[UUID]
    relevance: list[int]


@dataclass(frozen=True, slots=True)
class FoundInLevel:
    """The first courses of a level; not `is_whole`: there are more than were looked at."""

    is_whole: bool
    ids: list[UUID]


async def find_in_head(
    db: Connection, *, words: str, levels: list[str], filters: dict[str, Any], after: Key | None, limit: int
) -> FoundInHead:
    """The best of up to MAX_RANKED courses that the words find, which are those of the last of the levels."""
    sql = compose_head(filters.keys(), is_continued=after is not None)
    return await fetch_one(
        db, FoundInHead, sql, words=words, levels=levels, limit=limit, **filters, **key_params(after)
    )


async def find_in_level(
    db: Connection,
    *,
    words: str,
    filters: dict[str, Any],
    after: Key | None,
    limit: int,
    read: int | None = None,
) -> FoundInLevel:
    """The most popular ones of up to `read` courses that the words find, by default MAX_RANKED."""
    sql = compose_level(filters.keys(), is_continued=after is not None)
    given = {**filters, **key_params(after)}
    return await fetch_one(db, FoundInLevel, sql, words=words, limit=limit, read=read or search.MAX_RANKED, **given)


async def walk_level(
    db: Connection,
    *,
    words: str,
    inside: list[str],
    level: int,
    filters: dict[str, Any],
    after: Key | None,
    limit: int,
    read: int,
) -> FoundInLevel:
    """The same, reading `read` courses from the most popular one on. `is_whole`: the page is full."""
    sql = compose_walk(level, filters.keys(), is_continued=after is not None)
    needed = {} if level <= LAST_OF_HEAD else {"inside": inside}
    given = {**needed, **filters, **key_params(after)}
    return await fetch_one(db, FoundInLevel, sql, words=words, limit=limit, read=read, **given)


def compose_head(filters: Collection[str], *, is_continued: bool) -> str:
    after = f"WHERE {ORDERS['relevance'].after}" if is_continued else ""
    return f"""
        WITH matching AS MATERIALIZED (
            SELECT search.course_id, search.head FROM {MATCHING} LIMIT {search.MAX_RANKED + 1}
        ), few AS MATERIALIZED (
            SELECT course.id, course.enrollment_count, course.average_rating,
                   CASE {IN_HEAD} ELSE {LEVELS - 1 - LAST_OF_HEAD} END AS relevance
            FROM matching AS search {joined("search.course_id", filters)}
                AND (SELECT count(*) FROM matching) <= {search.MAX_RANKED}
        ), page AS MATERIALIZED (
            SELECT course.id, course.relevance, row_number() OVER (ORDER BY {ORDERS["relevance"].columns}) AS place
            FROM few AS course {after} ORDER BY {ORDERS["relevance"].columns} LIMIT %(limit)s
        )
        SELECT (SELECT count(*) FROM matching) <= {search.MAX_RANKED} AS is_whole,
               ARRAY(SELECT id FROM page ORDER BY place) AS ids,
               ARRAY(SELECT relevance FROM page ORDER BY place) AS relevance
    """


def compose_level(filters: Collection[str], *, is_continued: bool) -> str:
    after = f"AND {_AFTER_POPULARITY}" if is_continued else ""
    return f"""
        WITH matching AS MATERIALIZED (
            SELECT search.course_id FROM {MATCHING} LIMIT %(read)s::integer + 1
        )
        SELECT (SELECT count(*) FROM matching) <= %(read)s::integer AS is_whole, ARRAY(
            SELECT course.id FROM matching JOIN courses AS course ON course.id = matching.course_id
            WHERE {where(filters)} {after} ORDER BY {_BY_POPULARITY} LIMIT %(limit)s
        ) AS ids
    """


def compose_walk(level: int, filters: Collection[str], *, is_continued: bool) -> str:
    after = f"AND {_AFTER_POPULARITY}" if is_continued else ""
    fits = "search.head @@ %(words)s::text::tsquery"
    if level > LAST_OF_HEAD:
        lexemes = LEXEMES if level == LEVELS - 1 else _OF_WHOLE_WORDS
        fits = f"CASE WHEN {INSIDE} THEN {lexemes} @@ %(words)s::text::tsquery ELSE false END"
    return f"""
        WITH walked AS MATERIALIZED (
            SELECT ARRAY(
                SELECT course.id FROM (
                    SELECT course.id, course.enrollment_count, course.average_rating FROM courses AS course
                    WHERE {where(filters)} {after} ORDER BY {_BY_POPULARITY} LIMIT %(read)s
                ) AS course
                WHERE (
                    SELECT {fits} FROM course_search AS search
                    WHERE search.course_id = course.id
                )
                ORDER BY {_BY_POPULARITY} LIMIT %(limit)s
            ) AS ids
        )
        SELECT cardinality(ids) = %(limit)s::integer AS is_whole, ids FROM walked
    """
