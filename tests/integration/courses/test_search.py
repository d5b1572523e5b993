"""What a search finds, and in which order."""

from __future__ import annotations

import pytest
from tests.support.catalogue import by_cursor, put_on_sale, slugs
from tests.support.classroom import Classroom

from coursify.core.database import Connection
from coursify.modules.courses.search import MAX_CANDIDATES

pytestmark = pytest.mark.anyio

SEARCHED: list[tuple[str, set[str]]] = [
    ("typescript", {"ts"}),
    ("TYPE", {"ts"}),
    ("script", {"ts", "js"}),
    ("scri", {"ts", "js"}),
    ("node", {"js"}),
    ("js", {"js"}),
    ("tcp/ip", {"net"}),
    ("ip", {"net", "ts", "js"}),
    ("protocols tcp", {"net"}),
    ("protocols node", set()),
    ("paragraph", {"net"}),
    ("strong", set()),
    ("हिन्दी", {"hi"}),
    ("C++", {"js", "net", "ts"}),
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
    assert found.index("title") < found.index("subtitle") < found.index("body") < found.index("inside")
    assert await slugs(classroom, "search=python&sort=relevance") == found
    assert (await slugs(classroom, "search=python&sort=newest"))[0] == "part"
    pages = [slug for page in range(1, 6) for slug in await slugs(classroom, f"search=python&limit=1&page={page}")]
    assert pages == found
    assert [slug async for slug in by_cursor(classroom, "search=python&limit=2")] == found


async def test_a_word_too_common_to_rank_comes_by_popularity(classroom: Classroom, db: Connection) -> None:
    ada = await classroom.person("instructor")
    count = MAX_CANDIDATES + 5
    await put_on_sale(db, ada.id, *({"title": "Common words", "enrollments": number} for number in range(count)))
    first = (await classroom.get("/courses?search=common&limit=3")).json()
    assert [course["enrollmentCount"] for course in first["data"]] == [count - 1, count - 2, count - 3]
    assert first["meta"]["total"] == count
    second = (await classroom.get(f"/courses?search=common&limit=3&cursor={first['meta']['nextCursor']}")).json()
    assert [course["enrollmentCount"] for course in second["data"]] == [count - 4, count - 5, count - 6]
    third = (await classroom.get("/courses?search=common&limit=3&page=3")).json()
    assert [course["enrollmentCount"] for course in third["data"]] == [count - 7, count - 8, count - 9]
    cheapest = (await classroom.get("/courses?search=common&sort=price&limit=2")).json()
    assert cheapest["meta"]["total"] == count
    assert (await classroom.get("/courses?search=common&page=99&limit=100")).json()["data"] == []


async def test_a_course_is_found_by_its_new_words_and_no_longer_by_its_old_ones(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.published(ada, title="Weaving", description="<p>Looms</p>")
    await ada.put(f"/courses/{course['id']}", {"title": "Knitting"})
    await ada.put(f"/courses/{course['id']}", {"description": "<p>Needles</p>", "price": 900})
    await ada.put(f"/courses/{course['id']}", {"subtitle": "with wool"})
    for typed, count in {"weaving": 0, "looms": 0, "knitting": 1, "needles": 1, "wool": 1}.items():
        assert (await classroom.get(f"/courses?search={typed}")).json()["meta"]["total"] == count, typed
