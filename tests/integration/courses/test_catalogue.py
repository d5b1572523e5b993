"""The catalogue: filtered, searched, sorted, paged; the same whichever way one goes through it."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from pydantic.alias_generators import to_snake
from tests.support.catalogue import by_cursor, put_on_sale, slugs
from tests.support.classroom import Classroom

from coursify.core.counted import Statements
from coursify.core.database import Connection
from coursify.core.http import middleware
from coursify.modules.courses.schemas.outgoing import CourseSummary, CourseWithOutline

pytestmark = pytest.mark.anyio


@pytest.fixture
async def school(classroom: Classroom, db: Connection) -> Classroom:
    """Five courses on sale and one draft, each different in every way one can ask for."""
    ada, bob = await classroom.person("instructor"), await classroom.person("instructor")
    await put_on_sale(
        db,
        ada.id,
        {"slug": "a", "price": 0, "category": "data", "level": "beginner", "day": 1, "enrollments": 50},
        {"slug": "b", "price": 500, "language": "de", "day": 2, "rating_sum": 9, "rating_count": 2},
        {"slug": "c", "price": 1500, "category": "data", "day": 3, "rating_sum": 45, "rating_count": 10},
        {"slug": "x", "status": "draft", "category": "data"},
    )
    await put_on_sale(
        db,
        bob.id,
        {
            "slug": "d",
            "price": 500,
            "level": "advanced",
            "day": 4,
            "enrollments": 50,
            "rating_sum": 5,
            "rating_count": 1,
        },
        {"slug": "e", "price": 9900, "day": 4, "enrollments": 7, "rating_sum": 1, "rating_count": 1},
    )
    return classroom


FILTERED = [
    ("category=data", "ac"),
    ("category=alchemy", ""),
    ("level=beginner", "a"),
    ("language=de", "b"),
    ("minPrice=500", "bcde"),
    ("maxPrice=500", "abd"),
    ("minPrice=501&maxPrice=1500", "c"),
    ("minPrice=2000&maxPrice=100", ""),
    ("free=true", "a"),
    ("free=false", "bcde"),
    ("free=true&minPrice=1", ""),
    ("minRating=4.5", "bcd"),
    ("minRating=5", "d"),
    ("category=data&maxPrice=0&level=beginner&language=en&minRating=0", "a"),
]


async def test_filters_hold_together(school: Classroom) -> None:
    for query, expected in FILTERED:
        assert sorted(await slugs(school, query)) == sorted(expected)
        answer = (await school.get(f"/courses?{query}")).json()
        assert answer["meta"]["total"] == len(expected)
        assert answer["meta"]["totalIsExact"] is True


async def test_an_instructors_courses_are_found_by_id(school: Classroom) -> None:
    [course] = (await school.get("/courses?search=course&category=data&free=true")).json()["data"]
    assert sorted(await slugs(school, f"instructorId={course['instructorId']}")) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", "edcba"),
        ("popular", "daecb"),
        ("trending", "edcba"),
        ("rating", "dcbea"),
        ("price", "abdce"),
        ("-price", "ecdba"),
        ("relevance", "edcba"),
    ],
)
async def test_every_order_is_total_and_pages_fit_together(school: Classroom, sort: str, expected: str) -> None:
    assert "".join(await slugs(school, f"sort={sort}")) == expected
    by_page = [slug for page in (1, 2, 3) for slug in await slugs(school, f"sort={sort}&limit=2&page={page}")]
    assert "".join(by_page) == expected
    assert [slug async for slug in by_cursor(school, f"sort={sort}&limit=2")] == list(expected)


@pytest.mark.parametrize("sort", ["newest", "popular", "trending", "rating", "price", "-price"])
async def test_a_search_sorts_as_the_whole_list_does(school: Classroom, sort: str) -> None:
    whole = await slugs(school, f"sort={sort}")
    assert await slugs(school, f"sort={sort}&search=course") == whole
    assert [slug async for slug in by_cursor(school, f"sort={sort}&limit=2&search=course")] == whole


async def test_meta_says_where_a_page_stands(school: Classroom) -> None:
    meta = (await school.get("/courses?limit=2&page=2")).json()["meta"]
    cursor = meta.pop("nextCursor")
    absent = {"didYouMean": None, "facets": None, "facetsExact": None}
    assert meta == {"page": 2, "limit": 2, "total": 5, "totalPages": 3, "totalIsExact": True, **absent}
    beyond = (await school.get("/courses?limit=2&page=9")).json()
    assert (beyond["data"], beyond["meta"]["total"], beyond["meta"]["nextCursor"]) == ([], 5, None)
    last = (await school.get(f"/courses?limit=2&cursor={cursor}")).json()
    assert (last["meta"]["page"], last["meta"]["nextCursor"]) == (None, None)
    assert (await school.get("/courses?page=101&limit=100")).json()["error"]["code"] == "page_too_deep"


async def test_a_cursor_is_good_for_its_own_list_alone(school: Classroom) -> None:
    cursor = (await school.get("/courses?limit=2")).json()["meta"]["nextCursor"]
    for query in ("sort=price", "category=data", "search=course"):
        answer = await school.get(f"/courses?limit=2&{query}&cursor={cursor}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "cursor_invalid"), query
    assert (await school.get(f"/courses?limit=2&cursor={cursor}x")).status_code == 422
    assert (await school.get(f"/courses?limit=2&page=2&cursor={cursor}")).status_code == 422
    default = (await school.get(f"/courses?limit=2&page=1&cursor={cursor}")).json()
    assert default == (await school.get(f"/courses?limit=2&cursor={cursor}")).json()


UNKNOWN = [
    "colour=red",
    "sort=title",
    "sort=rating;drop",
    "rating[$gt]=0",
    "free=maybe",
    "minRating=6",
    "minRating=NaN",
    "minRating=1e400",
    "minRating=4_0",
    "minPrice=-1",
    "maxPrice=1e9",
    "maxPrice=99999999999999999999",
    "level=expert",
    "language=german",
    "instructorId=42",
    "category=a%00b",
    "category=A",
    "search=%00",
    "status=draft",
    "page=0",
    "page=1.5",
    "limit=101",
    "limit=0",
    "offset=5",
    "search=" + "x" * 201,
]


async def test_what_the_catalogue_does_not_know_is_refused(client: httpx.AsyncClient) -> None:
    for query in UNKNOWN:
        answer = await client.get(f"/api/v1/courses?{query}")
        assert answer.status_code == 422, (query, answer.text)
        assert answer.json()["error"]["code"] == "validation_failed"


async def test_the_number_of_statements_does_not_grow_with_the_page(
    school: Classroom, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[Statements] = []
    monkeypatch.setattr(middleware, "Statements", lambda: counted.append(Statements()) or counted[-1])
    for query in (
        "",
        "?limit=1",
        "?sort=rating&category=data&limit=100",
        "?search=course",
        "?search=nothing",
        "?page=9",
    ):
        await school.get(f"/courses{query}")
    assert [statements.count for statements in counted] == [1, 1, 1, 5, 6, 2]
    counted.clear()
    for path in ("/courses/a", "/categories"):
        await school.get(path)
    assert [statements.count for statements in counted] == [1, 1]


async def test_an_answer_is_what_the_document_says(school: Classroom) -> None:
    course = (await school.get("/courses?limit=1")).json()["data"][0]
    assert course.keys() == aliases(CourseSummary) - {"me", "expanded"}
    assert json.loads(CourseSummary.model_validate(snake(course)).model_dump_json(by_alias=True)) == course
    detail = (await school.get("/courses/a")).json()["data"]
    assert detail.keys() == aliases(CourseWithOutline) - {
        "rejectionReason",
        "saleSuspensionReason",
        "submittedAt",
        "me",
        "expanded",
    }


async def test_a_list_has_excerpts_and_a_course_its_description(classroom: Classroom) -> None:
    ada, admin = await classroom.person("instructor"), await classroom.person("admin")
    description = f"<p>{'word ' * 200}</p>"
    course = await classroom.published(ada, description=description)
    lists = [await classroom.get("/courses"), await classroom.get("/courses?search=word")]
    lists += [await ada.get("/courses/mine"), await admin.get("/admin/courses")]
    shown = [answer.json()["data"] for answer in lists]
    shown.append((await classroom.get(f"/users/{ada.id}")).json()["data"]["courses"])
    for [listed] in shown:
        assert listed["excerpt"] == "word " * 59 + "word…"
        assert "description" not in listed
    detail = (await classroom.get(f"/courses/{course['id']}")).json()["data"]
    assert detail["description"] == description
    changed = (await ada.put(f"/courses/{course['id']}", {"description": "<p>Short</p>"})).json()["data"]
    assert (changed["excerpt"], changed["description"]) == ("Short", "<p>Short</p>")
    repriced = (await ada.put(f"/courses/{course['id']}", {"price": 900})).json()["data"]
    assert (repriced["excerpt"], repriced["description"]) == ("Short", "<p>Short</p>")


def aliases(shape: type[CourseSummary]) -> set[str]:
    return {field.alias or name for name, field in shape.model_fields.items()}


def snake(course: dict[str, Any]) -> dict[str, Any]:
    return {to_snake(key): snake(value) if isinstance(value, dict) else value for key, value in course.items()}


async def test_anonymous_answers_can_be_kept_and_asked_again(school: Classroom) -> None:
    bob = await school.person("student")
    for path in ("/courses", "/courses/a", "/categories", "/courses/a/reviews", "/reviews"):
        first = await school.get(path)
        assert first.headers["cache-control"].startswith("public, max-age="), path
        assert first.headers["vary"] == "Authorization, Accept-Encoding"
        tag = first.headers["etag"]
        assert tag.startswith('"')
        for held in (tag, f'W/{tag}, "other"', "*"):
            again = await school.get(path, headers={"If-None-Match": held})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), path
        assert (await school.get(path, headers={"If-None-Match": '"other"'})).status_code == 200
        signed_in = await bob.get(path, headers={"If-None-Match": tag})
        assert signed_in.status_code == 200
        assert signed_in.headers["cache-control"] in {"no-store", "private, no-store"}, path
        assert "etag" not in signed_in.headers


async def test_a_changed_course_has_another_tag(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.published(ada)
    before = (await classroom.get(f"/courses/{course['slug']}")).headers["etag"]
    await ada.put(f"/courses/{course['id']}", {"title": "New"})
    assert (await classroom.get(f"/courses/{course['slug']}")).headers["etag"] != before


async def test_a_course_is_found_by_id_and_by_slug(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.published(ada)
    by_id, by_slug = [(await classroom.get(f"/courses/{key}")).json() for key in (course["id"], course["slug"])]
    assert by_id == by_slug
    assert by_id["data"]["ratingDistribution"] == {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0}
    [lesson] = by_id["data"]["lessons"]
    assert lesson.keys() == {"id", "title", "order", "durationSeconds", "isPreview", "sectionId"}
    for path in ("0199b2f0-c1de-7a3c-8a5e-3d9f4b1c2a70", "no-such", "a%00b", "x" * 5000, "%D9%A1", "..%2F"):
        assert (await classroom.get(f"/courses/{path}")).status_code == 404, path


async def test_categories_count_what_is_on_sale(school: Classroom) -> None:
    categories = (await school.get("/categories")).json()["data"]
    assert len(categories) == 8
    assert categories[0] == {"slug": "development", "name": "Development", "courseCount": 0}
    assert {entry["slug"]: entry["courseCount"] for entry in categories if entry["courseCount"]} == {
        "data": 2,
        "music": 3,
    }
