"""Filters of the catalogue: several values, currencies, durations, captions, given ids; empty ones are absent."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from tests.support.catalogue import put_on_sale, slugs
from tests.support.classroom import Classroom

from coursify.core.database import Connection, Database
from coursify.core.pagination import Window
from coursify.modules.courses.models import OrderName
from coursify.modules.courses.queries import filtered
from coursify.modules.courses.services import browse_catalogue, keep_catalogue_counts

pytestmark = pytest.mark.anyio

HOUR = 3_600
COURSES: list[dict[str, Any]] = [
    {"slug": "a", "price": 1450, "currency": "usd", "level": "beginner", "category": "data", "duration": HOUR},
    {"slug": "b", "price": 1449, "currency": "jpy", "level": "advanced", "category": "data", "duration": 3 * HOUR},
    {"slug": "c", "price": 900, "currency": "kwd", "level": "all", "category": "design", "duration": 12 * HOUR},
    {"slug": "d", "price": 99, "currency": "usd", "language": "zh-Hans", "category": "design", "day": 9},
    {"slug": "e", "price": 0, "currency": "jpy", "language": "pt-BR", "title": "Rust"},
    {"slug": "x", "price": 99, "status": "draft", "category": "data"},
]
EMPTY = [
    *("search=", "search=%20", "search=+", "search=%C2%A0", "category=", "category=,", "level=%20", "language="),
    *("minPrice=", "maxPrice=", "free=", "currency=", "minRating=", "instructorId=", "ids=", "duration="),
    *("hasCaptions=", "publishedAfter=", "sort=", "facets=", "cursor=", "page=", "limit=", "level=&category=&search="),
]


@pytest.fixture
async def school(classroom: Classroom, db: Connection) -> Classroom:
    instructor = await classroom.person("instructor")
    await put_on_sale(db, instructor.id, *COURSES)
    return classroom


async def test_an_empty_filter_is_absent(school: Classroom) -> None:
    for query in EMPTY:
        assert sorted(await slugs(school, query)) == list("abcde"), query


async def test_an_empty_parameter_is_absent_everywhere(school: Classroom) -> None:
    student, admin = await school.person("student"), await school.person("admin")
    instructor = await school.person("instructor")
    for caller, path in (
        (student, "/notifications?unread="),
        (student, "/payments?page=%20"),
        (student, "/enrollments?cursor="),
        (student, "/reviews?courseId=&userId="),
        (student, "/search/suggest?q="),
        (instructor, "/courses/mine?status="),
        (instructor, "/instructors/me/stats?from=&to=&interval=&timezone="),
        (admin, "/admin/courses?status="),
        (admin, "/admin/users?search=&role=&status="),
        (admin, "/admin/stats?timezone=&interval="),
    ):
        answer = await caller.get(path)
        assert answer.status_code == 200, (path, answer.text)


async def test_prices_are_compared_within_one_currency(school: Classroom) -> None:
    for query, expected in (
        ("sort=price", "da"),
        ("sort=-price", "ad"),
        ("maxPrice=1450", "ad"),
        ("maxPrice=1450&currency=jpy&sort=price", "eb"),
        ("currency=kwd", "c"),
        ("currency=eur", ""),
        ("free=true", "e"),
        ("free=true&currency=usd", ""),
        ("search=course&sort=price", "da"),
    ):
        assert sorted(await slugs(school, query)) == sorted(expected), query
    assert await slugs(school, "sort=price&currency=usd") == ["d", "a"]


async def test_a_filter_takes_several_values(school: Classroom) -> None:
    for query, expected in (
        ("level=beginner,advanced", "ab"),
        ("level=beginner,%20advanced,,", "ab"),
        ("category=data,design", "abcd"),
        ("category=data,alchemy", "ab"),
        ("language=ZH-hans,pt-br", "de"),
        ("duration=short", "ade"),
        ("duration=medium,long", "bc"),
        ("duration=1-4", "ab"),
        ("duration=10-", "c"),
        ("duration=5-2", ""),
        ("hasCaptions=true", ""),
        ("hasCaptions=false", "abcde"),
        ("publishedAfter=2026-01-05", "d"),
        ("search=course&level=beginner,advanced", "ab"),
        ("search=course&category=data,design&language=zh-Hans,en", "abcd"),
        ("search=course&duration=short&sort=newest", "ad"),
    ):
        assert sorted(await slugs(school, query)) == sorted(expected), query


async def test_given_ids_come_in_their_order(school: Classroom) -> None:
    courses = {course["slug"]: course["id"] for course in (await school.get("/courses")).json()["data"]}
    [(draft,)] = await school.rows("SELECT id FROM courses WHERE slug = 'x'")
    ids = [courses["d"], courses["a"], str(draft), str(uuid4()), courses["e"], courses["a"]]
    assert await slugs(school, f"ids={','.join(ids)}") == ["d", "a", "e"]
    assert await slugs(school, f"ids={','.join(ids)}&sort=price&currency=usd") == ["d", "a"]
    assert await slugs(school, f"ids={','.join(ids)}&language=pt-BR") == ["e"]
    many = [*ids, *(str(uuid4()) for _ in range(50))]
    answer = (await school.get(f"/courses?ids={','.join(many)}")).json()
    assert (len(answer["data"]), answer["meta"]["total"], answer["meta"]["nextCursor"]) == (3, 3, None)
    first = (await school.get(f"/courses?ids={','.join(ids)}&limit=2")).json()
    assert [course["slug"] for course in first["data"]] == ["d", "a"]
    rest = await slugs(school, f"ids={','.join(ids)}&limit=2&cursor={first['meta']['nextCursor']}")
    assert rest == ["e"]


async def test_what_is_no_filter_or_no_value_is_refused_in_words(school: Classroom) -> None:
    for query, field, words in (
        ("colour=red", "colour", "is not a known filter"),
        ("colour=", "colour", "is not a known filter"),
        ("level=wizard", "level", "must be beginner, intermediate, advanced or all"),
        ("level=beginner,wizard", "level", "must be beginner"),
        ("ids=1", "ids", ""),
        ("ids=" + ",".join(str(uuid4()) for _ in range(101)), "ids", "at most 100"),
        ("duration=ages", "duration", "must be short"),
        ("currency=doubloon", "currency", ""),
        ("sort=sideways", "sort", "must be newest"),
        ("language=klingon-language", "language", "must be a language tag"),
        ("publishedAfter=yesterday", "publishedAfter", "must be a date"),
    ):
        answer = await school.get(f"/courses?{query}")
        assert answer.status_code == 422, query
        [detail] = answer.json()["error"]["details"]
        assert detail["field"].startswith(field), detail
        assert words in detail["message"], detail


async def test_a_language_is_stored_in_one_spelling(classroom: Classroom) -> None:
    owner = await classroom.person("instructor")
    for given, stored in (
        ("zh-Hans", "zh-Hans"),
        ("ZH-HANS", "zh-Hans"),
        ("es-419", "es-419"),
        ("sr-latn-rs", "sr-Latn-RS"),
        ("EN", "en"),
        ("en-us", "en-US"),
        ("de-1996", "de-1996"),
        ("fil", "fil"),
    ):
        course = await classroom.draft(owner, language=given)
        assert course["language"] == stored
    for wrong in ("english", "en_US", "e", "en-", "en-x-private-use", "zh-Hans-", "12", "en-US-DE"):
        answer = await owner.put(f"/courses/{course['id']}", {"language": wrong})
        assert answer.status_code == 422, wrong


LISTED: list[dict[str, Any]] = [
    *({"category": "music"}, {"category": "none"}, {"any_level": ["all", "advanced"]}, {"language": "de"}),
    *({"currency": "jpy", "min_price": 300}, {"min_price": 1, "max_price": 400}, {"min_rating": "3.5"}),
    *({"category": "music", "language": "de"}, {"level": "all", "min_rating": "4"}),
]
ORDER_NAMES: list[OrderName] = ["newest", "popular", "rating", "trending", "price", "-price"]


async def test_a_large_catalogue_lists_as_a_small_one(
    classroom: Classroom, db: Connection, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    courses = [
        {"slug": f"c-{n}", "category": ["music", "data"][n % 2], "level": ["all", "advanced", "beginner"][n % 3],
         "language": ["en", "de", "fr", "en"][n % 4], "currency": ["usd", "jpy"][n // 3 % 2], "price": n % 7 * 100,
         "rating_sum": n % 6 * 2, "rating_count": 2, "enrollments": n % 4, "day": n % 9}
        for n in range(60)
    ]  # fmt: skip
    await put_on_sale(db, (await classroom.person("instructor")).id, *courses)

    async def pages() -> list[tuple[list[str], int]]:
        """Every list, three at a time, by cursor."""
        return [await read_list(database, filters, order) for filters in LISTED for order in ORDER_NAMES]

    small = await pages()
    for module in (browse_catalogue, keep_catalogue_counts, filtered):
        monkeypatch.setattr(module, "MAX_CANDIDATES", 5)
    monkeypatch.setattr(filtered, "MAX_WALKED", 25)
    await keep_catalogue_counts.keep_catalogue_counts(database)
    large = await pages()
    assert [ids for ids, _total in large] == [ids for ids, _total in small]
    assert [total for _ids, total in large] == [min(total, 6) for _ids, total in small]


async def read_list(database: Database, filters: dict[str, Any], order: OrderName) -> tuple[list[str], int]:
    found, after = list[str](), None
    async with database.read() as db:
        while True:
            listed = await browse_catalogue.browse_catalogue(
                db, text=None, filters=filters, sort=order, window=Window(after, 3, 0)
            )
            found += [course.slug for course in listed.page.items]
            after = listed.page.next_key
            if after is None:
                return found, listed.page.total
