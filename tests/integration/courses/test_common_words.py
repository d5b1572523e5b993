"""Words of many courses have lexemes of their own in the index; they are found as all others are."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.catalogue import by_cursor, put_on_sale
from tests.support.classroom import Classroom
from tests.support.golden import make_golden_school, read_lines

from coursify.core.database import Connection, Database, fetch_values
from coursify.core.pagination import Window
from coursify.modules.courses.models import OrderName
from coursify.modules.courses.queries import search as search_queries
from coursify.modules.courses.services import refresh_words, search_courses
from coursify.modules.courses.services.browse_catalogue import browse_catalogue
from coursify.modules.courses.services.count_facets import count_facets
from coursify.modules.courses.services.reindex_courses import reindex_every_course

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
ORDERS: tuple[OrderName, ...] = ("relevance", "price")


async def mark_every_word(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh_words, "COMMON_COURSES", 1)
    async with database.transaction() as (db, _now):
        await db.execute("DELETE FROM search_refreshes")
    await refresh_words.refresh_words(database)
    await reindex_every_course(database)


async def answers(database: Database, queries: list[str]) -> dict[str, Any]:
    """What each finds, in its order, with total and facets."""
    found: dict[str, Any] = {}
    async with database.read() as db:
        for query in queries:
            pages = [
                (await browse_catalogue(db, text=query, filters={}, sort=order, window=Window(None, 100, 0))).page
                for order in ORDERS
            ]
            facets = await count_facets(db, texts=(query,), filters_by_facet={"level": {}})
            found[query] = [[(one.slug, one.relevance) for one in page.items] for page in pages]
            found[query] += [page.total for page in pages] + [facets]
    return found


async def words_of_school(database: Database) -> list[str]:
    async with database.read() as db:
        return await fetch_values(db, str, "SELECT word FROM search_words ORDER BY word")


async def test_marked_words_are_found_as_others(
    database: Database, clean: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_golden_school(database)
    words = await words_of_school(database)
    some = words[:: max(len(words) // 40, 1)]
    parts = {word[start : start + 4] for word in some for start in (0, 1, 2) if len(word) > start + 2}
    queries = [query for query, _wanted in read_lines("queries.tsv")]
    queries += [
        *some,
        *sorted(parts),
        *(f"{one} {other}" for one, other in zip(words[::80], words[7::80], strict=False)),
    ]
    before = await answers(database, queries)
    await mark_every_word(database, monkeypatch)
    async with database.read() as db:
        marked = await fetch_values(db, str, "SELECT words FROM course_search WHERE words LIKE '*%%' LIMIT 1")
    assert marked
    after = await answers(database, queries)
    assert {query: found for query, found in after.items() if found != before[query]} == {}
    # Counted again without their marks: no word is lost, none is new.
    assert await words_of_school(database) == words


async def test_words_that_are_common_no_more_are_found(
    database: Database, clean: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_golden_school(database)
    before = await answers(database, ["python", "ytho", "guitar"])
    await mark_every_word(database, monkeypatch)
    monkeypatch.setattr(refresh_words, "COMMON_COURSES", 1_000)
    async with database.transaction() as (db, _now):
        await db.execute("DELETE FROM search_refreshes")
    await refresh_words.refresh_words(database)
    assert await answers(database, ["python", "ytho", "guitar"]) == before


async def test_common_words_together_are_many_at_once(
    classroom: Classroom, db: Connection, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their count as they are is enough to know that there are more than are counted; the pages have all of them."""
    ada = await classroom.person("instructor")
    both = [{"slug": f"b-{n}", "title": f"Ruby {n}", "description": "emerald", "enrollments": n} for n in range(12)]
    hidden = [{"slug": f"h-{n}", "title": "Ruby emerald", "status": "draft"} for n in range(9)]
    await put_on_sale(db, ada.id, *both, *hidden, *({"slug": f"r-{n}", "title": "Ruby"} for n in range(3)))
    monkeypatch.setattr(refresh_words, "MANY_COURSES", 1)
    await mark_every_word(database, monkeypatch)
    for most, total in {8: 9, 20: 12}.items():
        for module in (search_queries, search_courses):
            monkeypatch.setattr(module, "MAX_CANDIDATES", most)
        for order in ("relevance", "newest"):
            query = f"search=ruby emerald&sort={order}&limit={most - 3}"
            found = [slug async for slug in by_cursor(classroom, query, total=total)]
            assert sorted(found) == sorted(str(course["slug"]) for course in both), (most, order)
