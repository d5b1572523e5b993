"""A page of the catalogue: with words it is a search, with filters a collection, else an index in its order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.core.queries.plans import custom_plans
from coursify.modules.courses.models import CatalogueCourse, OrderName
from coursify.modules.courses.queries import catalogue, filtered
from coursify.modules.courses.search.question import MAX_CANDIDATES
from coursify.modules.courses.services.correct_spelling import correct_spelling
from coursify.modules.courses.services.count_kept import count_kept
from coursify.modules.courses.services.list_page import key_of, list_page
from coursify.modules.courses.services.search_courses import SURELY_MORE, search_courses

# With so few courses found, another spelling is looked for.
FEW = 2


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """`did_you_mean`: other words that find more; the page has what these find as well.

    `texts`: what the courses of the page were found by.
    """

    page: Page[CatalogueCourse]
    texts: tuple[str, ...] = ()
    did_you_mean: str | None = None


async def browse_catalogue(
    db: Connection, *, text: str | None, filters: dict[str, Any], sort: OrderName | None, window: Window
) -> CataloguePage:
    """`text` is what was typed; `filters` are the others; `window.after` is the last page's `next_key`.

    Without `sort` the courses come as `filters["ids"]` lists them.
    """
    if sort is None:
        return CataloguePage(await _list_given(db, filters, window))
    if text is None:
        read = _list_filtered if filters else _list
        return CataloguePage(await read(db, filters, sort, window))
    async with custom_plans(db):
        return await _search_corrected(db, text, filters, sort, window)


async def _search_corrected(
    db: Connection, text: str, filters: dict[str, Any], sort: OrderName, window: Window
) -> CataloguePage:
    """Where little is found, also what another spelling finds."""
    page = await search_courses(db, (text,), filters, sort, window)
    corrected = await correct_spelling(db, text) if page.total <= FEW else None
    if corrected is None:
        return CataloguePage(page, (text,))
    texts = (text, corrected) if page.total else (corrected,)
    both = await search_courses(db, texts, filters, sort, window)
    if both.total <= 2 * page.total:
        return CataloguePage(page, (text,))
    return CataloguePage(both, texts, corrected)


async def _list_given(db: Connection, filters: dict[str, Any], window: Window) -> Page[CatalogueCourse]:
    """There are a hundred at most. The key of a page is where the next one begins."""
    others = {name: value for name, value in filters.items() if name != "ids"}
    rows = await catalogue.list_courses_in_given_order(db, filters["ids"], filters=others)
    begin = int(window.after[0]) if window.after else window.offset
    end = begin + window.limit
    return Page(rows[begin:end], len(rows), (end,) if end < len(rows) else None)


async def _list_filtered(
    db: Connection, filters: dict[str, Any], order: OrderName, window: Window
) -> Page[CatalogueCourse]:
    """A small catalogue is read in the order of the list, by one statement."""
    rows = await catalogue.list_courses_of_small_catalogue(db, filters=filters, order=order, window=window)
    if rows:
        return cut(rows, window, total=rows[0].total, key=lambda course: key_of(course, order))
    async with custom_plans(db):
        return await _list_of_large_catalogue(db, filters, order, window)


async def _list_of_large_catalogue(
    db: Connection, filters: dict[str, Any], order: OrderName, window: Window
) -> Page[CatalogueCourse]:
    """What few courses have is sorted when it is read; what many have is soon found in the order of the list."""
    total, ids = MAX_CANDIDATES + 1, list[UUID]()
    if not await _are_surely_many(db, filters):
        few = await filtered.collect_courses(db, filters=filters, order=order, window=window, is_capped=True)
        total, ids = few.total, few.ids
    if total > MAX_CANDIDATES:
        ids = await filtered.walk_order(db, filters=filters, order=order, window=window)
        if len(ids) <= window.limit:
            every = await filtered.collect_courses(db, filters=filters, order=order, window=window, is_capped=False)
            ids = every.ids
    return await list_page(db, ids, window, order, total=total)


async def _are_surely_many(db: Connection, filters: dict[str, Any]) -> bool:
    if await count_kept(db, filters=filters) > SURELY_MORE * MAX_CANDIDATES:
        return True
    is_counted = any(filters.keys() <= names for names in catalogue.COUNTED_BY_INDEX)
    return is_counted and await catalogue.count_catalogue(db, filters=filters) > MAX_CANDIDATES


async def _list(db: Connection, filters: dict[str, Any], order: OrderName, window: Window) -> Page[CatalogueCourse]:
    rows = await catalogue.list_courses_in_index_order(db, filters=filters, order=order, window=window)
    if not rows and (window.offset or window.after):
        return Page([], await catalogue.count_catalogue(db, filters=filters), None)
    return cut(rows, window, total=rows[0].total if rows else 0, key=lambda course: key_of(course, order))
