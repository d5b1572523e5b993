"""SQL of lists of courses. A statement has only the conditions that were asked for, so that its plan fits them.

`compose_ordered_list` reads an order's index until the page is full; it is composed from `FILTERS` and `ORDERS` alone.
Searches are in search.py.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_value
from coursify.core.pagination import TOTAL_CAP, Window
from coursify.modules.courses.models import CatalogueCourse, OrderName
from coursify.modules.courses.queries.courses import COURSE, WITH_INSTRUCTOR

ON_SALE: Final = "course.status = 'published' AND course.deleted_at IS NULL AND course.sale_suspended_at IS NULL"
LEXEMES: Final = "course_lexemes(search.head, search.words, search.rest)"
INSIDE: Final = "(search.words || ' ' || search.rest) LIKE ALL(%(inside)s::text[])"
# An index of the courses on sale has each of these together: it counts them without reading a course.
COUNTED_BY_INDEX: Final = (
    *(
        {"min_price", "max_price"} | besides
        for besides in (set[str](), {"category"}, {"level"}, {"language"}, {"currency"})
    ),
    {"published_after"},
    {"min_rating"},
)
# The courses with captions in a video that their learners play.
_CAPTIONED: Final = """
    SELECT lesson.course_id FROM captions JOIN lesson_videos AS video ON video.asset_id = captions.asset_id
    JOIN lessons AS lesson ON lesson.id = video.lesson_id WHERE lesson.deleted_at IS NULL
"""
FILTERS: Final = {
    "category": "course.category = %(category)s",
    "any_category": "course.category = ANY(%(any_category)s::text[])",
    "level": "course.level = %(level)s",
    "any_level": "course.level = ANY(%(any_level)s::text[])",
    "language": "course.language = %(language)s",
    "any_language": "course.language = ANY(%(any_language)s::text[])",
    "instructor_id": "course.instructor_id = %(instructor_id)s",
    "any_instructor_id": "course.instructor_id = ANY(%(any_instructor_id)s::uuid[])",
    "ids": "course.id = ANY(%(ids)s::uuid[])",
    "currency": "course.currency = %(currency)s",
    "min_price": "course.price_minor >= %(min_price)s",
    "max_price": "course.price_minor <= %(max_price)s",
    "min_rating": "course.average_rating >= %(min_rating)s::numeric",
    # The bounds are for the index, which does not know the operator.
    "durations": "%(durations)s::int8multirange @> course.duration_seconds"
    " AND course.duration_seconds >= coalesce(lower(%(durations)s::int8multirange), 0)"
    " AND course.duration_seconds <= coalesce(upper(%(durations)s::int8multirange), 9223372036854775807)",
    "has_captions": f"%(has_captions)s::boolean AND course.id IN ({_CAPTIONED})",
    "has_no_captions": f"%(has_no_captions)s::boolean AND course.id NOT IN ({_CAPTIONED})",
    "published_after": "course.published_at >= %(published_after)s::timestamptz",
    # For a course at a time: words that many courses have, in the order of something else. Making all lexemes of a
    # course takes long, so most others are left out by a comparison of text.
    "inside": f"(SELECT {INSIDE} FROM course_search AS search WHERE search.course_id = course.id)",
    "words": f"(SELECT {LEXEMES} @@ %(words)s::text::tsquery FROM course_search AS search"
    " WHERE search.course_id = course.id)",
}


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted, which rows come after a key, and which values of a row make that key."""

    columns: str
    after: str
    key: tuple[str, ...]


ORDERS: Final[dict[OrderName, Order]] = {
    "newest": Order(
        "course.published_at DESC, course.id DESC",
        "(course.published_at, course.id) < (%(after_0)s::timestamptz, %(after_1)s::uuid)",
        ("published_at", "id"),
    ),
    "popular": Order(
        "course.enrollment_count DESC, course.id DESC",
        "(course.enrollment_count, course.id) < (%(after_0)s::bigint, %(after_1)s::uuid)",
        ("enrollment_count", "id"),
    ),
    "trending": Order(
        "course.trending_score DESC, course.id DESC",
        "(course.trending_score, course.id) < (%(after_0)s::bigint, %(after_1)s::uuid)",
        ("trending_score", "id"),
    ),
    "rating": Order(
        "course.average_rating DESC, course.rating_count DESC, course.id DESC",
        "(course.average_rating, course.rating_count, course.id)"
        " < (%(after_0)s::numeric, %(after_1)s::bigint, %(after_2)s::uuid)",
        ("average_rating", "rating_count", "id"),
    ),
    "price": Order(
        "course.price_minor, course.id",
        "(course.price_minor, course.id) > (%(after_0)s::bigint, %(after_1)s::uuid)",
        ("price_minor", "id"),
    ),
    "-price": Order(
        "course.price_minor DESC, course.id DESC",
        "(course.price_minor, course.id) < (%(after_0)s::bigint, %(after_1)s::uuid)",
        ("price_minor", "id"),
    ),
    "relevance": Order(
        "course.relevance DESC, course.enrollment_count DESC, course.average_rating DESC, course.id DESC",
        "(course.relevance, course.enrollment_count, course.average_rating, course.id)"
        " < (%(after_0)s::integer, %(after_1)s::bigint, %(after_2)s::numeric, %(after_3)s::uuid)",
        ("relevance", "enrollment_count", "average_rating", "id"),
    ),
}


async def list_courses_in_index_order(
    db: Connection, *, filters: dict[str, Any], order: OrderName, window: Window
) -> list[CatalogueCourse]:
    """A page in the order of an index; `filters` maps names of FILTERS to values."""
    sql = compose_ordered_list(filters.keys(), order, is_continued=window.after is not None)
    return await fetch_all(db, CatalogueCourse, sql, **filters, **_bind(window))


async def list_courses_of_small_catalogue(
    db: Connection, *, filters: dict[str, Any], order: OrderName, window: Window
) -> list[CatalogueCourse]:
    """The same, but nothing while counts are kept: few of many courses would be looked for in a whole index."""
    sql = compose_ordered_list(filters.keys(), order, is_continued=window.after is not None, is_small=True)
    return await fetch_all(db, CatalogueCourse, sql, **filters, **_bind(window))


async def list_courses_in_given_order(
    db: Connection, course_ids: list[UUID], *, filters: dict[str, Any]
) -> list[CatalogueCourse]:
    """All of these courses that match, in the order of the ids."""
    sql = f"""
        SELECT {COURSE}, count(*) OVER () AS total, 0 AS relevance
        FROM courses AS course {WITH_INSTRUCTOR}
        WHERE course.id = ANY(%(course_ids)s::uuid[]) AND {where(filters)}
        ORDER BY array_position(%(course_ids)s::uuid[], course.id)
    """
    return await fetch_all(db, CatalogueCourse, sql, course_ids=course_ids, **filters)


async def count_catalogue(db: Connection, *, filters: dict[str, Any]) -> int:
    """How many courses there are, up to one more than the cap."""
    return await fetch_value(db, int, f"SELECT {_capped_count(filters.keys())}", **filters)


def compose_ordered_list(
    filters: Collection[str],
    order: OrderName,
    *,
    is_continued: bool,
    is_small: bool = False,
) -> str:
    """Names are joined to the rows of the page alone, not to those that OFFSET skips."""
    after = f"AND {ORDERS[order].after}" if is_continued else ""
    small = "AND NOT EXISTS (SELECT FROM catalogue_counts)" if is_small else ""
    return f"""
        SELECT {COURSE}, {_capped_count(filters)} AS total, 0 AS relevance
        FROM (
            SELECT course.* FROM courses AS course WHERE {where(filters)} {after} {small}
            ORDER BY {ORDERS[order].columns} LIMIT %(limit)s OFFSET %(offset)s
        ) AS course {WITH_INSTRUCTOR}
        ORDER BY {ORDERS[order].columns}
    """


def where(filters: Collection[str]) -> str:
    """On sale, and every filter."""
    return " AND ".join([ON_SALE, *(FILTERS[name] for name in sorted(filters))])


def _capped_count(filters: Collection[str]) -> str:
    capped = f"SELECT 1 FROM courses AS course WHERE {where(filters)} LIMIT {TOTAL_CAP + 1}"
    return f"(SELECT count(*) FROM ({capped}) AS capped)"


def _bind(window: Window) -> dict[str, Any]:
    return {**window.bound(), **{f"after_{index}": value for index, value in enumerate(window.after or ())}}
