"""SQL of lists with filters: what few courses have is collected and sorted, else an order's index is read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from coursify.core.database import Connection, fetch_one, fetch_values
from coursify.core.pagination import Key, Window
from coursify.modules.courses.models import OrderName
from coursify.modules.courses.queries.catalogue import ORDERS, where
from coursify.modules.courses.search.question import MAX_CANDIDATES

# So many courses are read in the order of the list, before all that match are collected.
MAX_WALKED: Final = 20_000
# Filters of the column that an order is sorted by say where its index is read.
_OF_ORDER: Final[dict[OrderName, set[str]]] = {
    "newest": {"published_after"},
    "rating": {"min_rating"},
    "price": {"min_price", "max_price"},
    "-price": {"min_price", "max_price"},
}
SORTED_BY: Final = (
    "course.id, course.published_at, course.enrollment_count, course.trending_score, course.average_rating,"
    " course.rating_count, course.price_minor"
)


@dataclass(frozen=True, slots=True)
class Collected:
    """How many courses match, up to one more than the cap where there is one, and the ids of a page of them."""

    total: int
    ids: list[UUID]


async def collect_courses(
    db: Connection, *, filters: dict[str, Any], order: OrderName, window: Window, is_capped: bool
) -> Collected:
    """Reads every match, or with a cap one more than MAX_CANDIDATES: then the page is not the list's."""
    sql = compose_collected(filters.keys(), order, is_continued=window.after is not None, is_capped=is_capped)
    return await fetch_one(db, Collected, sql, **filters, **window.bound(), **_key(window.after))


async def walk_order(
    db: Connection, *, filters: dict[str, Any], order: OrderName, window: Window, read: int = MAX_WALKED
) -> list[UUID]:
    """The matches among the next `read` courses in the order; fewer than a page: there may be more."""
    sql = compose_walked(filters.keys(), order, is_continued=window.after is not None)
    return await fetch_values(db, UUID, sql, read=read, **filters, **window.bound(), **_key(window.after))


def compose_collected(filters: Collection[str], order: OrderName, *, is_continued: bool, is_capped: bool) -> str:
    after = f"WHERE {ORDERS[order].after}" if is_continued else ""
    return f"""
        WITH matches AS MATERIALIZED (
            SELECT {SORTED_BY} FROM courses AS course WHERE {where(filters)}
            {f"LIMIT {MAX_CANDIDATES + 1}" if is_capped else ""}
        ), page AS MATERIALIZED (
            SELECT course.id, row_number() OVER (ORDER BY {ORDERS[order].columns}) AS place
            FROM matches AS course {after} ORDER BY {ORDERS[order].columns} LIMIT %(limit)s OFFSET %(offset)s
        )
        SELECT (SELECT count(*) FROM matches) AS total, ARRAY(SELECT id FROM page ORDER BY place) AS ids
    """


def compose_walked(filters: Collection[str], order: OrderName, *, is_continued: bool) -> str:
    after = f"AND {ORDERS[order].after}" if is_continued else ""
    begun = where(_OF_ORDER.get(order, set()).intersection(filters))
    return f"""
        SELECT course.id FROM (
            SELECT course.* FROM courses AS course WHERE {begun} {after}
            ORDER BY {ORDERS[order].columns} LIMIT %(read)s
        ) AS course
        WHERE {where(filters)} ORDER BY {ORDERS[order].columns} LIMIT %(limit)s OFFSET %(offset)s
    """


def _key(after: Key | None) -> dict[str, Any]:
    return {f"after_{place}": value for place, value in enumerate(after or ())}
