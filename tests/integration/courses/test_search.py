"""What a search finds, and in which order."""

from __future__ import annotations

import pytest
from tests.support.catalogue import by_cursor, put_on_sale, slugs
from tests.support.classroom import Classroom

from coursify.core.database import Connection
from coursify.modules.courses.queries import search as search_queries
from coursify.modules.courses.services import search_courses

pytestmark = pytest.mark.anyio

SEARCHED: list[tuple[str, set[str]]] = [
    ("typescript", {"ts"}),
    ("TYPE", {"ts"}),
    ("script", {"ts", "js"}),
    ("scri", {"ts", "js"}),
    ("node", {"js"}),
    ("js", {"js"}),
    ("tcp/ip", {"net"}),
    ("ip", {"net"}),
    ("protocols tcp", {"net"}),
    ("protocols node", set()),
    ("paragraph", {"net"}),
    ("strong", set()),
    ("हिन्दी", {"hi"}),
    ("C++", set()),
    ("%", set()),
    ("_", set()),
    ("' OR 1=1--", set()),
    ("zzz", set()),
]


async def test_words_and_parts_of_words_are_found(classroom: Classroom, db: Connection) -> None:
    ada = await classroom.person("instructor")
    await put_on_sale(
        db,
        ada.id,
        {"slug": "ts", "title": "TypeScript deep dive"},
        {"slug": "js", "title": "Servers", "subtitle": "with Node.js and JavaScript, callbacks"},
        {
            "slug": "net",
            "title": "Networks",
            "description": "<p>A <strong>paragraph</strong> on protocols: TCP/IP, C</p>",
        },
        {"slug": "hi", "title": "हिन्दी for everyone"},
        {"slug": "draft", "title": "TypeScript Node.js TCP/IP protocols", "status": "draft"},
    )
    for typed, expected in SEARCHED:
        answer = await classroom.client.get("/api/v1/courses", params={"search": typed})
        assert answer.status_code == 200, answer.text
        assert {course["slug"] for course in answer.json()["data"]} == expected, typed
        assert answer.json()["meta"]["total"] == len(expected)


async def test_a_title_counts_more_than_a_description(classroom: Classroom, db: Connection) -> None:
    ada = await classroom.person("instructor")
    await put_on_sale(
        db,
        ada.id,
        {"slug": "part", "title": "Pythonic thinking", "enrollments": 9, "day": 9},
        {"slug": "body", "description": "<p>Uses python now and then</p>", "enrollments": 900, "day": 8},
        {"slug": "subtitle", "subtitle": "with python"},
        {"slug": "title", "title": "Python", "day": 1},
        {"slug": "inside", "title": "Micropython", "enrollments": 5000},
    )
    found = await slugs(classroom, "search=python")
    assert found == ["title", "part", "subtitle", "body", "inside"]
    assert await slugs(classroom, "search=python&sort=relevance") == found
    assert (await slugs(classroom, "search=python&sort=newest"))[0] == "part"
    pages = [slug for page in range(1, 6) for slug in await slugs(classroom, f"search=python&limit=1&page={page}")]
    assert pages == found
    assert [slug async for slug in by_cursor(classroom, "search=python&limit=2")] == found


async def test_many_matches_come_in_the_same_order_as_few(
    classroom: Classroom, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await classroom.person("instructor")
    title = [{"title": "Common words", "enrollments": number % 7, "rating_sum": number} for number in range(20)]
    other = [{"subtitle": "Common", "enrollments": number, "slug": f"s-{number}"} for number in range(20)]
    await put_on_sale(db, ada.id, *({"rating_count": 9} | course for course in title + other))
    few = await slugs(classroom, "search=common&limit=100")
    assert len(few) == 40
    assert few[20] == "s-19"
    for most_ranked in (30, 5):
        monkeypatch.setattr(search_queries, "MAX_RANKED", most_ranked)
        assert await slugs(classroom, "search=common&limit=100") == few
        assert [slug async for slug in by_cursor(classroom, "search=common&limit=7", total=40)] == few
        pages = [slug for page in range(1, 7) for slug in await slugs(classroom, f"search=common&limit=7&page={page}")]
        assert pages == few
    monkeypatch.setattr(search_queries, "MAX_CANDIDATES", 10)
    monkeypatch.setattr(search_courses, "MAX_CANDIDATES", 10)
    whole = await slugs(classroom, "sort=price&limit=100")
    assert [slug async for slug in by_cursor(classroom, "sort=price&search=common&limit=7", total=11)] == whole
    assert (await classroom.get("/courses?search=common&page=99&limit=100")).json()["data"] == []


async def test_frequent_words_that_are_rarely_together_are_counted(classroom: Classroom, db: Connection) -> None:
    ada = await classroom.person("instructor")
    one = [{"slug": f"r-{number}", "title": "Ruby", "enrollments": 90 + number} for number in range(30)]
    other = [{"slug": f"e-{number}", "title": "Emerald", "enrollments": 90 + number} for number in range(30)]
    both = [{"slug": f"b-{number}", "description": "Ruby and emerald", "price": 900 + number} for number in range(3)]
    await put_on_sale(db, ada.id, *one, *other, *both)
    await db.execute("""
        INSERT INTO search_lexemes (lexeme, courses)
        VALUES ('*', 1000000), ('wruby', 600000), ('wemerald', 600000), ('truby', 500000), ('temerald', 500000)
    """)
    for order in ("relevance", "price", "-price", "newest"):
        answer = (await classroom.get(f"/courses?search=ruby emerald&sort={order}&limit=2")).json()
        assert answer["meta"]["total"] == 3, order
        found = [slug async for slug in by_cursor(classroom, f"search=ruby emerald&sort={order}&limit=2", total=3)]
        assert sorted(found) == ["b-0", "b-1", "b-2"], order
    assert (await slugs(classroom, "search=ruby emerald&sort=-price"))[0] == "b-2"


async def test_a_course_is_found_by_its_new_words_and_no_longer_by_its_old_ones(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.published(ada, title="Weaving", description="<p>Looms</p>")
    await ada.put(f"/courses/{course['id']}", {"title": "Knitting"})
    await ada.put(f"/courses/{course['id']}", {"description": "<p>Needles</p>", "price": 900})
    await ada.put(f"/courses/{course['id']}", {"subtitle": "with wool"})
    for typed, count in {"weaving": 0, "looms": 0, "knitting": 1, "needles": 1, "wool": 1}.items():
        assert (await classroom.get(f"/courses?search={typed}")).json()["meta"]["total"] == count, typed
