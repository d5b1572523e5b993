"""A page of the catalogue: with words it is a search, all other lists read an index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coursify.core.database import Connection
from coursify.core.pagination import Key, Page, Window, cut
from coursify.core.queries.plans import custom_plans
from coursify.modules.courses.models import CatalogueCourse, OrderName
from coursify.modules.courses.queries import catalogue, search
from coursify.modules.courses.queries.catalogue import ORDERS
from coursify.modules.courses.search.question import MAX_CANDIDATES, ask
from coursify.modules.courses.services.correct_spelling import correct_spelling
from coursify.modules.courses.services.rank_by_level import rank_by_level

# With so few courses found, another spelling is looked for.
FEW = 2
INDEXED_FILTERS = ("category", "level", "language", "instructor_id")


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """`did_you_mean`: other words that find more. When the words found nothing, the page has what these find."""

    page: Page[CatalogueCourse]
    did_you_mean: str | None = None


async def browse_catalogue(
    db: Connection, *, text: str | None, filters: dict[str, Any], sort: OrderName, window: Window
) -> CataloguePage:
    """`text` is what was typed; `filters` are the others; `window.after` is the last page's `next_key`."""
    if text is None:
        return CataloguePage(await _list(db, filters, sort, window, total=None))
    async with custom_plans(db):
        page = await _search(db, text, filters, sort, window)
        if page.total > FEW:
            return CataloguePage(page)
        corrected = await correct_spelling(db, text)
        if corrected is None:
            return CataloguePage(page)
        other = await _search(db, corrected, filters, sort, window)
        if other.total <= page.total:
            return CataloguePage(page)
        return CataloguePage(page if page.total else other, corrected)


async def _search(
    db: Connection, text: str, filters: dict[str, Any], sort: OrderName, window: Window
) -> Page[CatalogueCourse]:
    question = ask(text, {name: filters[name] for name in INDEXED_FILTERS if name in filters})
    found = await search.find_matches(
        db, words=question.anywhere, levels=list(question.levels), filters=filters, order=sort, window=window
    )
    if found.total > MAX_CANDIDATES and sort != "relevance":
        return await _list(db, {**filters, "words": question.anywhere}, sort, window, total=found.total)
    ids, relevance = found.ids, found.relevance
    if not found.is_whole:
        ids, relevance = await rank_by_level(db, question=question, filters=filters, window=window)
    rows = await search.list_courses_by_ids(db, ids, total=found.total, relevance=relevance) if ids else []
    return cut(rows, window, total=found.total, key=lambda course: _key_of(course, sort))


async def _list(
    db: Connection, filters: dict[str, Any], order: OrderName, window: Window, *, total: int | None
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
