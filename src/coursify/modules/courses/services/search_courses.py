"""A page of the courses that words find (docs/search.md)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window
from coursify.modules.courses.models import CatalogueCourse, OrderName
from coursify.modules.courses.queries import filtered, search
from coursify.modules.courses.search.expectation import Expectation, courses_to_read
from coursify.modules.courses.search.question import MAX_CANDIDATES, Question
from coursify.modules.courses.services.expect_matches import prepare_search
from coursify.modules.courses.services.list_page import list_page
from coursify.modules.courses.services.rank_by_level import rank_by_level

# So many times the cap of a total must be expected, because the expectation may be old, before it is believed.
SURELY_MORE = 2
# Of several words, that they are together as often as each of them lets expect is seen from this many matches.
LEAST_PROBED = 20


async def search_courses(
    db: Connection, texts: tuple[str, ...], filters: dict[str, Any], sort: OrderName, window: Window
) -> Page[CatalogueCourse]:
    """`texts`: what was typed, and its correction. In a connection with custom_plans."""
    question, expected = await prepare_search(db, texts, indexed_filters(filters))
    is_known = filters.keys() <= search.KNOWN_TO_INDEX
    is_expected = is_known and expected.anywhere > SURELY_MORE * MAX_CANDIDATES
    is_many = is_known and not is_expected and expected.anywhere > MAX_CANDIDATES and await _are_many(db, question)
    if sort != "relevance":
        known = expected if is_expected else None
        return await _list_in_order(db, question, known, filters, sort, window, is_many=is_many)
    if is_expected and question.has_several:
        first = Window(None, window.limit, 0)
        is_expected = await _read_in_order(db, question, expected, filters, "popular", first) is not None
    return await _rank(db, question, expected, filters, window, is_counted=not (is_expected or is_many))


def indexed_filters(filters: dict[str, Any]) -> dict[str, list[object]]:
    """The filters that the index of words knows, with all of their values."""
    found = {
        one: [filters[one]] if one in filters else filters.get(more) for one, more in search.INDEXED_FILTERS.items()
    }
    return {name: values for name, values in found.items() if values}


async def _rank(
    db: Connection,
    question: Question,
    expected: Expectation,
    filters: dict[str, Any],
    window: Window,
    *,
    is_counted: bool,
) -> Page[CatalogueCourse]:
    found = _many()
    if is_counted:
        found = await search.find_ranked(
            db,
            words=question.halves[0],
            others=question.halves[1],
            levels=list(question.levels),
            filters=filters,
            window=window,
        )
    ids, relevance, total = found.ids, found.relevance, found.total
    if not found.is_whole:
        ids, relevance = await rank_by_level(db, question=question, expected=expected, filters=filters, window=window)
    if not is_counted and window.is_first and len(ids) <= window.limit:
        # All there are: the word was frequent when it was counted.
        total = len(ids)
    return await list_page(db, ids, window, "relevance", total=total, relevance=relevance)


async def _list_in_order(
    db: Connection,
    question: Question,
    expected: Expectation | None,
    filters: dict[str, Any],
    order: OrderName,
    window: Window,
    *,
    is_many: bool,
) -> Page[CatalogueCourse]:
    """What many courses have is soon found in the order of the list; what few have is collected and sorted."""
    if expected is not None:
        ids = await _read_in_order(db, question, expected, filters, order, window)
        if ids is not None:
            return await list_page(db, ids, window, order, total=MAX_CANDIDATES + 1)
    find = partial(
        search.find_matches,
        db,
        words=question.halves[0],
        others=question.halves[1],
        filters=filters,
        order=order,
        window=window,
    )
    found = _many() if is_many else await find()
    ids = found.ids
    if not found.is_whole:
        ids = await filtered.walk_order(db, filters=_inside(question, filters), order=order, window=window)
        if len(ids) <= window.limit:
            every = await find(is_capped=False)
            ids = every.ids
    return await list_page(db, ids, window, order, total=found.total)


def _many() -> search.Found:
    return search.Found(MAX_CANDIDATES + 1, is_whole=False, ids=[], relevance=[])


async def _are_many(db: Connection, question: Question) -> bool:
    """Whether more courses than are counted have the common words as they are: then all that match are more as well."""
    if question.least is None:
        return False
    words, others = question.least
    return await search.count_matches(db, words=words, others=others) > MAX_CANDIDATES


async def _read_in_order(
    db: Connection,
    question: Question,
    expected: Expectation,
    filters: dict[str, Any],
    order: OrderName,
    window: Window,
) -> list[UUID] | None:
    """A full page, with one more, where what is read has so many matches that there must be more than are counted."""
    wider = Window(window.after, max(window.limit, LEAST_PROBED), window.offset)
    wanted = wider.offset + wider.limit + 1
    read = min(
        courses_to_read(expected.anywhere, total=expected.total, wanted=wanted),
        wanted * expected.total // MAX_CANDIDATES,
        filtered.MAX_WALKED,
    )
    ids = await filtered.walk_order(db, filters=_inside(question, filters), order=order, window=wider, read=read)
    return ids[: window.limit + 1] if len(ids) > wider.limit else None


def _inside(question: Question, filters: dict[str, Any]) -> dict[str, Any]:
    return {**filters, "inside": question.inside, "words": question.anywhere}
