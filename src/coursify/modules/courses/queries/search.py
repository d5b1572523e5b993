"""SQL of searches: which courses have the words, and in which order they fit (docs/search.md)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_one, fetch_value
from coursify.core.pagination import Key, Window
from coursify.modules.courses.models import CatalogueCourse, OrderName, Suggestion
from coursify.modules.courses.queries.catalogue import FILTERS as CATALOGUE_FILTERS
from coursify.modules.courses.queries.catalogue import LEXEMES, ON_SALE, ORDERS, where
from coursify.modules.courses.queries.courses import COURSE, WITH_INSTRUCTOR
from coursify.modules.courses.queries.filtered import SORTED_BY
from coursify.modules.courses.search.question import LAST_OF_HEAD, LEVELS, MAX_CANDIDATES

FILTERS: Final = {name: sql for name, sql in CATALOGUE_FILTERS.items() if name not in {"inside", "words"}}
# Each with its name where it has several values.
INDEXED_FILTERS: Final = {
    "category": "any_category",
    "level": "any_level",
    "language": "any_language",
    "instructor_id": "any_instructor_id",
}
KNOWN_TO_INDEX: Final = frozenset({*INDEXED_FILTERS, *INDEXED_FILTERS.values()})
# So many are ranked one by one; beyond them the levels are read one after the other.
MAX_RANKED: Final = 3_000
MATCHING: Final = f"course_search AS search WHERE {LEXEMES} @@ %(words)s::text::tsquery"
# What both must fit, the index finds sooner than what one must that has them both.
_AND_OTHERS: Final = f"AND {LEXEMES} @@ %(others)s::text::tsquery"


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a search by ids; `relevance` is higher for a better level. Without `is_whole` there is no page yet."""

    total: int
    is_whole: bool
    ids: list[UUID]
    relevance: list[int]


async def find_matches(
    db: Connection,
    *,
    words: str,
    others: str | None,
    filters: dict[str, Any],
    order: OrderName,
    window: Window,
    is_capped: bool = True,
) -> Found:
    """How many courses match, and a page of them in an order, not that of relevance. With a cap: up to one more than
    MAX_CANDIDATES, and the page when they are few enough. `others` must match as well.
    """
    is_continued, has_others = window.after is not None, others is not None
    sql = compose_matches(filters.keys(), order, is_continued=is_continued, is_capped=is_capped, has_others=has_others)
    asked = {"words": words, "others": others} if has_others else {"words": words}
    return await fetch_one(db, Found, sql, **asked, **filters, **window.bound(), **key_params(window.after))


async def count_matches(db: Connection, *, words: str, others: str | None) -> int:
    """How many courses on sale the words find, up to one more than MAX_CANDIDATES. `others` must match as well."""
    asked = {"words": words} if others is None else {"words": words, "others": others}
    return await fetch_value(db, int, compose_count(has_others=others is not None), **asked)


async def find_ranked(
    db: Connection,
    *,
    words: str,
    others: str | None,
    levels: list[str],
    filters: dict[str, Any],
    window: Window,
) -> Found:
    """How many courses match, up to one more than MAX_CANDIDATES, and a page by relevance of up to MAX_RANKED."""
    has_others = others is not None
    sql = compose_ranked(filters.keys(), is_continued=window.after is not None, has_others=has_others)
    asked = {"words": words, "others": others} if has_others else {"words": words}
    ranked = {"levels": levels, "whole_words": levels[-2]}
    return await fetch_one(db, Found, sql, **asked, **ranked, **filters, **window.bound(), **key_params(window.after))


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


def compose_matches(
    filters: Collection[str], order: OrderName, *, is_continued: bool, is_capped: bool, has_others: bool
) -> str:
    """A CTE is read only as far as the next one asks, so a common word costs no more than MAX_CANDIDATES courses."""
    columns, on_sale = SORTED_BY, joined("matching.course_id", filters)
    few = "matches AS course WHERE true"
    if KNOWN_TO_INDEX.issuperset(filters):
        columns, on_sale = "matching.course_id", _IS_ON_SALE
        few = f"matches {joined('matches.course_id', filters)}"
    is_few = f"counted.total <= {MAX_CANDIDATES}" if is_capped else "true"
    after = f"WHERE {ORDERS[order].after}" if is_continued else ""
    return f"""
        WITH matching AS MATERIALIZED (
            SELECT search.course_id FROM {MATCHING} {_AND_OTHERS if has_others else ""}
        ), matches AS MATERIALIZED (
            SELECT {columns} FROM matching {on_sale} {f"LIMIT {MAX_CANDIDATES + 1}" if is_capped else ""}
        ), counted AS MATERIALIZED (
            SELECT count(*) AS total FROM matches
        ), page AS MATERIALIZED (
            SELECT course.id, row_number() OVER (ORDER BY {ORDERS[order].columns}) AS place
            FROM (SELECT {SORTED_BY} FROM counted CROSS JOIN {few} AND {is_few}) AS course {after}
            ORDER BY {ORDERS[order].columns} LIMIT %(limit)s OFFSET %(offset)s
        )
        SELECT counted.total, {is_few} AS is_whole, ARRAY(SELECT id FROM page ORDER BY place) AS ids,
               ARRAY[]::integer[] AS relevance
        FROM counted
    """


def compose_count(*, has_others: bool) -> str:
    return f"""
        SELECT count(*) FROM (
            SELECT FROM (SELECT search.course_id FROM {MATCHING} {_AND_OTHERS if has_others else ""}) AS matching
            {_IS_ON_SALE} LIMIT {MAX_CANDIDATES + 1}
        ) AS capped
    """


def compose_ranked(filters: Collection[str], *, is_continued: bool, has_others: bool) -> str:
    """With filters that the index of words knows, a course is read only if it is ranked."""
    by_index = KNOWN_TO_INDEX.issuperset(filters)
    on_sale = _IS_ON_SALE if by_index else joined("matching.course_id", filters)
    after = f"WHERE {ORDERS['relevance'].after}" if is_continued else ""
    return f"""
        WITH matching AS MATERIALIZED (
            SELECT search.course_id, search.ctid AS place FROM {MATCHING} {_AND_OTHERS if has_others else ""}
        ), matches AS MATERIALIZED (
            SELECT matching.course_id, matching.place FROM matching {on_sale} LIMIT {MAX_CANDIDATES + 1}
        ), counted AS MATERIALIZED (
            SELECT count(*) AS total FROM matches
        ), few AS MATERIALIZED (
            SELECT course.id, course.enrollment_count, course.average_rating, {_relevance()} AS relevance
            FROM counted CROSS JOIN matches JOIN course_search AS search ON search.ctid = matches.place
            {joined("matches.course_id", filters)} AND counted.total <= {MAX_RANKED}
        ), page AS MATERIALIZED (
            SELECT course.id, course.relevance, row_number() OVER (ORDER BY {ORDERS["relevance"].columns}) AS place
            FROM few AS course {after}
            ORDER BY {ORDERS["relevance"].columns} LIMIT %(limit)s OFFSET %(offset)s
        )
        SELECT CASE WHEN counted.total <= {MAX_RANKED} THEN (SELECT count(*) FROM few) ELSE counted.total END AS total,
               counted.total <= {MAX_RANKED} AS is_whole,
               ARRAY(SELECT id FROM page ORDER BY place) AS ids,
               ARRAY(SELECT relevance FROM page ORDER BY place) AS relevance
        FROM counted
    """


# An index has those that are not. OFFSET: each is looked up there, however many PostgreSQL believes there are.
_IS_ON_SALE: Final = f"""
    WHERE NOT EXISTS (SELECT FROM courses AS course WHERE course.id = matching.course_id AND NOT ({ON_SALE}) OFFSET 0)
"""


def joined(course_id: str, filters: Collection[str]) -> str:
    """With the course of the id, which is on sale and has the filters."""
    return f"JOIN courses AS course ON course.id = {course_id} WHERE {where(filters)}"


IN_HEAD: Final = " ".join(
    f"WHEN search.head @@ (%(levels)s::text[])[{level + 1}]::tsquery THEN {LEVELS - 1 - level}"
    for level in range(LAST_OF_HEAD + 1)
)


def _relevance() -> str:
    """The best level. Most show in the head; the last two are told apart by the index of words."""
    inside = f"SELECT search.course_id FROM course_search AS search WHERE {LEXEMES} @@ %(whole_words)s::text::tsquery"
    return f"CASE {IN_HEAD} WHEN course.id IN ({inside}) THEN 1 ELSE 0 END"


def key_params(after: Key | None) -> dict[str, Any]:
    """The values of the key that a page comes after."""
    return {f"after_{place}": value for place, value in enumerate(after or ())}
