"""A page of the catalogue: few matches of a search are collected and sorted, all other lists read an index."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from coursify.core.database import Connection
from coursify.core.pagination import Key, Page, Window, cut
from coursify.modules.courses.models import CatalogueCourse, OrderName
from coursify.modules.courses.queries import catalogue
from coursify.modules.courses.queries.catalogue import ORDERS
from coursify.modules.courses.search import MAX_CANDIDATES


async def browse_catalogue(
    db: Connection, *, filters: dict[str, Any], sort: OrderName, window: Window
) -> Page[CatalogueCourse]:
    """`filters` holds what was asked for (`words`: a query of search.py); `window.after` is the last page's `next_key`.

    More matches than MAX_CANDIDATES are not ranked: by relevance they come by popularity. The key begins with the
    order its page was in, so that the next page goes on in that one.
    """
    if filters.get("words") == "":
        return Page([], 0, None)
    order = sort
    if window.after:
        order, window = cast("OrderName", window.after[0]), replace(window, after=window.after[1:])
    total = None
    if "words" in filters and order == sort:
        found = await catalogue.search_courses(db, filters=filters, order=order, window=window)
        if found:
            return _page(found, order, window)
        total = await catalogue.count_catalogue(db, filters=filters)
        if total <= MAX_CANDIDATES or (window.after and order == "relevance"):
            return Page([], total, None)
        order = "popular" if order == "relevance" else order
    rows = await catalogue.list_courses_in_index_order(db, filters=filters, order=order, window=window, total=total)
    if not rows and (window.offset or window.after):
        return Page([], await catalogue.count_catalogue(db, filters=filters), None)
    return _page(rows, order, window)


def _page(rows: list[CatalogueCourse], order: OrderName, window: Window) -> Page[CatalogueCourse]:
    total = rows[0].total if rows else 0
    return cut(rows, window, total=total, key=lambda course: (order, *_key_of(course, order)))


def _key_of(course: CatalogueCourse, order: OrderName) -> Key:
    return tuple(_plain(getattr(course, name)) for name in ORDERS[order].key)


def _plain(value: object) -> str | int:
    if isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)
