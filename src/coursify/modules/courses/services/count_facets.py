"""How many courses a list would have with another value of each filter."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from coursify.core.database import Connection
from coursify.core.queries.plans import custom_plans
from coursify.modules.courses.models.facets import RATINGS, FacetCount, FacetName, FacetRow, Facets
from coursify.modules.courses.queries import facets
from coursify.modules.courses.search.question import MAX_CANDIDATES
from coursify.modules.courses.services.count_kept import are_kept
from coursify.modules.courses.services.expect_matches import prepare_search
from coursify.modules.courses.services.search_courses import SURELY_MORE, indexed_filters


async def count_facets(
    db: Connection, *, texts: tuple[str, ...], filters_by_facet: Mapping[FacetName, dict[str, Any]]
) -> Facets:
    """`texts`: what was searched; `filters_by_facet`: for each facet all filters but its own.

    Facets with the same filters are counted at once.
    """
    counts: dict[FacetName, list[FacetCount]] = {}
    counted: dict[str, tuple[list[FacetRow], bool]] = {}
    async with custom_plans(db):
        for name, filters in filters_by_facet.items():
            key = repr(sorted(filters.items()))
            if key not in counted:
                counted[key] = await _count(db, texts, filters)
            counts[name] = _counts(name, counted[key][0])
    return Facets(counts, all(is_exact for _rows, is_exact in counted.values()))


async def _count(db: Connection, texts: tuple[str, ...], filters: dict[str, Any]) -> tuple[list[FacetRow], bool]:
    """With more matches than are counted one by one, the kept counts, where they have the filters."""
    kept = await facets.list_kept_facets(db, filters=filters) if not texts and are_kept(filters) else []
    if _total(kept) > SURELY_MORE * MAX_CANDIDATES:
        return kept, True
    rows = await _count_matches(db, texts, filters)
    if _total(rows) <= MAX_CANDIDATES:
        return rows, True
    return (kept, True) if _total(kept) else (rows, False)


async def _count_matches(db: Connection, texts: tuple[str, ...], filters: dict[str, Any]) -> list[FacetRow]:
    """Among the matches up to one more than MAX_CANDIDATES: if that many have the common words as they are, these."""
    if not texts:
        return await facets.count_facets(db, words=None, others=None, filters=filters)
    question, expected = await prepare_search(db, texts, indexed_filters(filters))
    if question.least is not None and expected.anywhere > SURELY_MORE * MAX_CANDIDATES:
        words, others = question.least
        rows = await facets.count_facets(db, words=words, others=others, filters=filters)
        if _total(rows) > MAX_CANDIDATES:
            return rows
    words, others = question.halves
    return await facets.count_facets(db, words=words, others=others, filters=filters)


def _total(rows: list[FacetRow]) -> int:
    return sum(row.courses for row in rows if row.facet == "total")


def _counts(name: FacetName, rows: list[FacetRow]) -> list[FacetCount]:
    """The most frequent value first; ratings from the best on, each with all that are better."""
    found = [(row.value, row.courses) for row in rows if row.facet == name and row.value is not None]
    if name == "rating":
        return [
            FacetCount(least, sum(count for stars, count in found if Decimal(stars) >= Decimal(least)))
            for least in RATINGS
        ]
    return [FacetCount(value, count) for value, count in sorted(found, key=lambda one: (-one[1], one[0]))]
