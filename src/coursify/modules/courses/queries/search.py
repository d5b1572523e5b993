"""SQL of searches: which courses have the words, and in which order they fit (docs/search.md)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_one
from coursify.core.pagination import Key, Window
from coursify.modules.courses.models import CatalogueCourse, OrderName, Suggestion
from coursify.modules.courses.queries.catalogue import FILTERS as CATALOGUE_FILTERS
from coursify.modules.courses.queries.catalogue import INSIDE, LEXEMES, ORDERS, where
from coursify.modules.courses.queries.courses import COURSE, WITH_INSTRUCTOR
from coursify.modules.courses.queries.filtered import SORTED_BY
from coursify.modules.courses.search.question import LAST_OF_HEAD, LEVELS, MAX_CANDIDATES

FILTERS: Final = {name: sql for name, sql in CATALOGUE_FILTERS.items() if name not in {"inside", "words"}}
# So many are ranked one by one; beyond them the levels are read one after the other.
MAX_RANKED: Final = 3_000
_MATCHING: Final = f"course_search AS search WHERE {LEXEMES} @@ %(words)s::text::tsquery"
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
class Found:
    """A page of a search by ids; `relevance` is higher for a better level. Without `is_whole` there is no page yet."""

    total: int
    is_whole: bool
    ids: list[UUID]
    relevance: list[int]


@dataclass(frozen=True, slots=True)
class FoundInLevel:
    """The first courses of a level; not `is_whole`: there are more than were looked at."""

    is_whole: bool
    ids: list[UUID]


async def find_matches(
    db: Connection,
    *,
    words: str,
    levels: list[str],
    filters: dict[str, Any],
    order: OrderName,
    window: Window,
    is_capped: bool = True,
) -> Found:
    """How many courses match, and a page of them. With a cap: up to one more than MAX_CANDIDATES, and the page when
    they are few enough.
    """
    sql = compose_matches(filters.keys(), order, is_continued=window.after is not None, is_capped=is_capped)
    ranked = {"levels": levels, "whole_words": levels[-2]} if order == "relevance" else {}
    return await fetch_one(db, Found, sql, words=words, **ranked, **filters, **window.bound(), **_key(window.after))


async def find_in_level(
    db: Connection, *, words: str, filters: dict[str, Any], after: Key | None, limit: int
) -> FoundInLevel:
    """The most popular ones of up to MAX_RANKED courses that the words find."""
    sql = compose_level(filters.keys(), is_continued=after is not None)
    return await fetch_one(db, FoundInLevel, sql, words=words, limit=limit, **filters, **_key(after))


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
    given = {**needed, **filters, **_key(after)}
    return await fetch_one(db, FoundInLevel, sql, words=words, limit=limit, read=read, **given)


async def list_courses_by_ids(
    db: Connection, course_ids: list[UUID], *, total: int, relevance: list[int]
) -> list[CatalogueCourse]:
    """The courses in the order of the ids."""
    return await fetch_all(
        db,
        CatalogueCourse,
        f"""
        SELECT {COURSE}, %(total)s::bigint AS total, listed.relevance
        FROM unnest(%(course_ids)s::uuid[], %(relevance)s::integer[]) WITH ORDINALITY AS listed (id, relevance, place)
        JOIN courses AS course ON course.id = listed.id {WITH_INSTRUCTOR}
        WHERE course.id = ANY(%(course_ids)s::uuid[]) ORDER BY listed.place
        """,
        course_ids=course_ids,
        relevance=relevance,
        total=total,
    )


async def list_title_suggestions(db: Connection, course_ids: list[UUID]) -> list[Suggestion]:
    """The titles in the order of the ids."""
    return await fetch_all(
        db,
        Suggestion,
        """
        SELECT 'course' AS kind, course.title AS text, course.slug
        FROM unnest(%(course_ids)s::uuid[]) WITH ORDINALITY AS listed (id, place)
        JOIN courses AS course ON course.id = listed.id
        WHERE course.id = ANY(%(course_ids)s::uuid[]) ORDER BY listed.place
        """,
        course_ids=course_ids,
    )


async def list_instructor_suggestions(db: Connection, course_ids: list[UUID], *, limit: int) -> list[Suggestion]:
    """The instructors of the courses, each once, in the order of the ids."""
    return await fetch_all(
        db,
        Suggestion,
        """
        SELECT 'instructor' AS kind, instructor.name AS text, instructor.id::text AS slug
        FROM unnest(%(course_ids)s::uuid[]) WITH ORDINALITY AS listed (id, place)
        JOIN courses AS course ON course.id = listed.id
        JOIN users AS instructor ON instructor.id = course.instructor_id AND instructor.name IS NOT NULL
        WHERE course.id = ANY(%(course_ids)s::uuid[])
        GROUP BY instructor.id ORDER BY min(listed.place) LIMIT %(limit)s
        """,
        course_ids=course_ids,
        limit=limit,
    )


def compose_matches(filters: Collection[str], order: OrderName, *, is_continued: bool, is_capped: bool = True) -> str:
    """A CTE is read only as far as the next one asks, so a common word costs no more than MAX_CANDIDATES courses."""
    is_ranked = order == "relevance"
    is_few = f"counted.total <= {MAX_RANKED if is_ranked else MAX_CANDIDATES}" if is_capped else "true"
    after = f"WHERE {ORDERS[order].after}" if is_continued else ""
    return f"""
        WITH matching AS MATERIALIZED (
            SELECT search.course_id FROM {_MATCHING}
        ), matches AS MATERIALIZED (
            SELECT {SORTED_BY} FROM matching JOIN courses AS course ON course.id = matching.course_id
            WHERE {where(filters)} {f"LIMIT {MAX_CANDIDATES + 1}" if is_capped else ""}
        ), counted AS MATERIALIZED (
            SELECT count(*) AS total FROM matches
        ), few AS MATERIALIZED (
            SELECT course.*, {_relevance() if is_ranked else "0"} AS relevance
            FROM counted CROSS JOIN matches AS course {_WITH_HEAD if is_ranked else ""}
            WHERE {is_few}
        ), page AS MATERIALIZED (
            SELECT course.id, course.relevance, row_number() OVER (ORDER BY {ORDERS[order].columns}) AS place
            FROM few AS course {after}
            ORDER BY {ORDERS[order].columns} LIMIT %(limit)s OFFSET %(offset)s
        )
        SELECT counted.total, {is_few} AS is_whole,
               ARRAY(SELECT id FROM page ORDER BY place) AS ids,
               ARRAY(SELECT relevance FROM page ORDER BY place) AS relevance
        FROM counted
    """


_WITH_HEAD: Final = "JOIN course_search AS search ON search.course_id = course.id"


def _relevance() -> str:
    """The best level; the two that need more than the head are told apart by the index."""
    in_head = " ".join(
        f"WHEN search.head @@ (%(levels)s::text[])[{level + 1}]::tsquery THEN {LEVELS - 1 - level}"
        for level in range(LAST_OF_HEAD + 1)
    )
    inside = f"SELECT search.course_id FROM course_search AS search WHERE {LEXEMES} @@ %(whole_words)s::text::tsquery"
    return f"CASE {in_head} WHEN course.id IN ({inside}) THEN 1 ELSE 0 END"


def compose_level(filters: Collection[str], *, is_continued: bool) -> str:
    after = f"AND {_AFTER_POPULARITY}" if is_continued else ""
    return f"""
        WITH matching AS MATERIALIZED (
            SELECT search.course_id FROM {_MATCHING} LIMIT {MAX_RANKED + 1}
        )
        SELECT (SELECT count(*) FROM matching) <= {MAX_RANKED} AS is_whole, ARRAY(
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
        SELECT cardinality(ids) = %(limit)s::integer AS is_whole, ids FROM (SELECT ARRAY(
            SELECT course.id FROM (
                SELECT course.id, course.enrollment_count, course.average_rating FROM courses AS course
                WHERE {where(filters)} {after} ORDER BY {_BY_POPULARITY} LIMIT %(read)s
            ) AS course
            WHERE (
                SELECT {fits} FROM course_search AS search
                WHERE search.course_id = course.id
            )
            ORDER BY {_BY_POPULARITY} LIMIT %(limit)s
        ) AS ids) AS walked
    """


def _key(after: Key | None) -> dict[str, Any]:
    return {f"after_{place}": value for place, value in enumerate(after or ())}
