"""A page of the catalogue: with words it is a search, with filters a collection, else an index in its order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Key, Page, Window, cut
from coursify.core.queries.plans import custom_plans
from coursify.modules.courses.models import CatalogueCourse, OrderName
from coursify.modules.courses.queries import catalogue, filtered, search
from coursify.modules.courses.queries.catalogue import ORDERS
from coursify.modules.courses.search.question import MAX_CANDIDATES, ask_either
from coursify.modules.courses.services.correct_spelling import correct_spelling
from coursify.modules.courses.services.count_kept import count_kept
from coursify.modules.courses.services.expect_matches import expect_matches
from coursify.modules.courses.services.rank_by_level import rank_by_level

# With so few courses found, another spelling is looked for.
FEW = 2
# So many times the cap of a total must be expected, because the expectation may be old, before it is believed.
SURELY_MORE = 2
# Each with its name where it has several values.
INDEXED_FILTERS = {
    "category": "any_category",
    "level": "any_level",
    "language": "any_language",
    "instructor_id": "any_instructor_id",
}
KNOWN_TO_INDEX = {*INDEXED_FILTERS, *INDEXED_FILTERS.values()}


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
    page = await _search(db, (text,), filters, sort, window)
    corrected = await correct_spelling(db, text) if page.total <= FEW else None
    if corrected is None:
        return CataloguePage(page, (text,))
    texts = (text, corrected) if page.total else (corrected,)
    both = await _search(db, texts, filters, sort, window)
    if both.total <= 2 * page.total:
        return CataloguePage(page, (text,))
    return CataloguePage(both, texts, corrected)


async def _search(
    db: Connection, texts: tuple[str, ...], filters: dict[str, Any], sort: OrderName, window: Window
) -> Page[CatalogueCourse]:
    question = ask_either(texts, indexed_filters(filters))
    expected = await expect_matches(db, question)
    is_expected = expected[-1] > SURELY_MORE * MAX_CANDIDATES and filters.keys() <= KNOWN_TO_INDEX
    if is_expected:
        found = search.Found(MAX_CANDIDATES + 1, is_whole=False, ids=[], relevance=[])
    else:
        found = await search.find_matches(
            db, words=question.anywhere, levels=list(question.levels), filters=filters, order=sort, window=window
        )
    if found.total > MAX_CANDIDATES and sort != "relevance":
        filters = {**filters, "inside": question.inside, "words": question.anywhere}
        return await _list(db, filters, sort, window, total=found.total)
    ids, relevance = found.ids, found.relevance
    if not found.is_whole:
        ids, relevance = await rank_by_level(db, question=question, expected=expected, filters=filters, window=window)
    total = found.total
    if is_expected and window.is_first and len(ids) <= window.limit:
        # All there are: the words are frequent, but not together.
        total = len(ids)
    rows = await search.list_courses_by_ids(db, ids, total=total, relevance=relevance) if ids else []
    return cut(rows, window, total=total, key=lambda course: _key_of(course, sort))


def indexed_filters(filters: dict[str, Any]) -> dict[str, list[object]]:
    """The filters that the index of words knows, with all of their values."""
    found = {one: [filters[one]] if one in filters else filters.get(more) for one, more in INDEXED_FILTERS.items()}
    return {name: values for name, values in found.items() if values}


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
        return cut(rows, window, total=rows[0].total, key=lambda course: _key_of(course, order))
    async with custom_plans(db):
        return await _list_of_large_catalogue(db, filters, order, window)


async def _list_of_large_catalogue(
    db: Connection, filters: dict[str, Any], order: OrderName, window: Window
) -> Page[CatalogueCourse]:
    """What few courses have is sorted when it is read; what many have is soon found in the order of the list."""
    total, ids = MAX_CANDIDATES + 1, list[UUID]()
    if await count_kept(db, filters=filters) <= SURELY_MORE * MAX_CANDIDATES:
        few = await filtered.collect_courses(db, filters=filters, order=order, window=window, is_capped=True)
        total, ids = few.total, few.ids
    if total > MAX_CANDIDATES:
        ids = await filtered.walk_order(db, filters=filters, order=order, window=window)
        if len(ids) <= window.limit:
            every = await filtered.collect_courses(db, filters=filters, order=order, window=window, is_capped=False)
            ids = every.ids
    rows = await search.list_courses_by_ids(db, ids, total=total, relevance=[0] * len(ids)) if ids else []
    return cut(rows, window, total=total, key=lambda course: _key_of(course, order))


async def _list(
    db: Connection, filters: dict[str, Any], order: OrderName, window: Window, *, total: int | None = None
) -> Page[CatalogueCourse]:
    rows = await catalogue.list_courses_in_index_order(db, filters=filters, order=order, window=window, total=total)
    if not rows and (window.offset or window.after):
        return Page([], total or await catalogue.count_catalogue(db, filters=filters), None)
    return cut(rows, window, total=rows[0].total if rows else 0, key=lambda course: _key_of(course, order))


def _key_of(course: CatalogueCourse, order: OrderName) -> Key:
    return tuple(_plain(getattr(course, name)) for name in ORDERS[order].key)


def _plain(value: object) -> str | int:
    if isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)
