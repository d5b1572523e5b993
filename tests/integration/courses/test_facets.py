"""Facets: how many courses there are with each value, with all filters but the value's own."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.catalogue import put_on_sale
from tests.support.classroom import Classroom

from coursify.core.database import Connection, Database
from coursify.modules.courses.queries import facets
from coursify.modules.courses.services import count_facets, keep_catalogue_counts

pytestmark = pytest.mark.anyio

ALL = "category,level,language,price,rating"
COURSES: list[dict[str, Any]] = [
    {"slug": "a", "category": "data", "level": "beginner", "price": 0, "rating_sum": 9, "rating_count": 2},
    {"slug": "b", "category": "data", "level": "advanced", "rating_sum": 10, "rating_count": 2, "title": "Rust"},
    {"slug": "c", "category": "design", "level": "beginner", "language": "de", "rating_sum": 3, "rating_count": 1},
    {"slug": "d", "category": "design", "level": "beginner", "currency": "jpy"},
    {"slug": "u", "category": "secret", "language": "fr", "status": "draft"},
    {"slug": "v", "category": "secret", "language": "fr", "status": "rejected"},
    {"slug": "w", "category": "secret", "language": "fr", "status": "pending"},
]


@pytest.fixture
async def school(classroom: Classroom, db: Connection) -> Classroom:
    instructor = await classroom.person("instructor")
    await db.execute("INSERT INTO categories (slug, name, position) VALUES ('secret', 'Secret', 99)")
    hidden = [{"slug": f"h{number}", "category": "secret", "language": "fr"} for number in range(2)]
    await put_on_sale(db, instructor.id, *COURSES, *hidden)
    await db.execute("UPDATE courses SET deleted_at = now() WHERE slug = 'h0'")
    await db.execute("UPDATE courses SET sale_suspended_at = now() WHERE slug = 'h1'")
    return classroom


async def ask(school: Classroom, query: str) -> tuple[dict[str, dict[str, int]], bool]:
    answer = await school.get(f"/courses?{query}")
    assert answer.status_code == 200, answer.text
    meta = answer.json()["meta"]
    counts = {name: {one["value"]: one["count"] for one in ones} for name, ones in meta["facets"].items()}
    return counts, meta["facetsExact"]


async def test_each_facet_is_counted_as_if_its_own_filter_were_open(school: Classroom) -> None:
    counts, is_exact = await ask(school, f"facets={ALL}")
    assert is_exact
    assert counts == {
        "category": {"data": 2, "design": 2},
        "level": {"beginner": 3, "advanced": 1},
        "language": {"en": 3, "de": 1},
        "price": {"paid": 3, "free": 1},
        "rating": {"4.5": 2, "4.0": 2, "3.5": 2, "3.0": 3},
    }
    counts, _ = await ask(school, f"facets={ALL}&level=beginner&category=data")
    assert counts["category"] == {"design": 2, "data": 1}
    assert counts["level"] == {"beginner": 1, "advanced": 1}
    assert counts["price"] == {"free": 1}
    counts, _ = await ask(school, f"facets={ALL}&free=true&minRating=4")
    assert counts["price"] == {"free": 1, "paid": 1}
    assert counts["rating"] == {"4.5": 1, "4.0": 1, "3.5": 1, "3.0": 1}
    assert (await ask(school, "facets=level&currency=jpy"))[0] == {"level": {"beginner": 1}}
    assert (await school.get("/courses")).json()["meta"]["facets"] is None


async def test_facets_of_a_search_count_what_it_finds(school: Classroom) -> None:
    assert (await ask(school, "facets=category&search=rust"))[0] == {"category": {"data": 1}}
    counts, is_exact = await ask(school, "facets=category,level&search=course&level=advanced,beginner")
    assert (counts, is_exact) == ({"category": {"design": 2, "data": 1}, "level": {"beginner": 3}}, True)
    assert (await ask(school, "facets=category&search=zzzz"))[0] == {"category": {}}


async def test_a_large_catalogue_has_kept_counts(
    school: Classroom, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = [f"facets={ALL}", f"facets={ALL}&level=beginner&minRating=3.5&free=false", "facets=level&category=data"]
    expected = [await ask(school, query) for query in queries]
    for module in (count_facets, keep_catalogue_counts, facets):
        monkeypatch.setattr(module, "MAX_CANDIDATES", 0)
    # Another limit is another address: the answers above are in the cache.
    assert (await ask(school, f"facets={ALL}&limit=7"))[1] is False
    await keep_catalogue_counts.keep_catalogue_counts(database)
    assert [await ask(school, f"{query}&limit=8") for query in queries] == expected
    assert (await ask(school, "facets=level&search=course"))[1] is False
    assert (await ask(school, "facets=level&minPrice=500"))[1] is False


async def test_an_unknown_facet_is_refused(school: Classroom) -> None:
    answer = await school.get("/courses?facets=category,colour")
    assert answer.status_code == 422
    assert "must be category" in answer.json()["error"]["details"][0]["message"]
