"""Attacks on authoring and the catalogue (docs/attacks.md, C), by id. ∅ means: no table has changed."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from tests.support.classroom import PREFIX, Classroom, Json, Person, refusal

from coursify.core.database import Connection

pytestmark = pytest.mark.anyio


@pytest.fixture
def classroom(app: FastAPI, client: httpx.AsyncClient, db: Connection) -> Classroom:
    return Classroom(app, client, db)


def operations(course: Json, lesson: Json) -> list[tuple[str, str, Any]]:
    """Every way to change a course or its lessons."""
    path = f"/courses/{course['id']}"
    return [
        ("PUT", path, {"title": "Mine now"}),
        ("DELETE", path, None),
        ("POST", f"{path}/submit", None),
        ("POST", f"{path}/lessons", {"title": "Mine"}),
        ("PUT", f"{path}/lessons/order", {"lessonIds": [lesson["id"]]}),
        ("PUT", f"{path}/lessons/{lesson['id']}", {"title": "Mine"}),
        ("PUT", f"{path}/curriculum", {"sections": [{"title": "Mine", "lessonIds": [lesson["id"]]}]}),
        ("DELETE", f"{path}/lessons/{lesson['id']}", None),
    ]


async def test_C01_a_student_creates_and_publishes_nothing(classroom: Classroom) -> None:
    ada, bob = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.draft(ada)
    lesson = await classroom.lesson(ada, course)

    async with classroom.unchanged():
        body = {"title": "Mine", "description": "", "price": 0, "category": "music"}
        assert refusal(await bob.post("/courses", body)) == (403, "forbidden")
        for method, path, change in operations(course, lesson):
            assert refusal(await bob.call(method, path, change)) == (403, "forbidden"), (method, path)
        for path in (f"/admin/courses/{course['id']}/approve", f"/admin/courses/{course['id']}/reject"):
            assert refusal(await bob.post(path, {"reason": "x"})) == (403, "forbidden")
            assert refusal(await ada.post(path, {"reason": "x"})) == (403, "forbidden")
            assert (await classroom.client.post(PREFIX + path)).status_code == 401


async def test_C02_another_instructor_reads_and_changes_nothing(classroom: Classroom) -> None:
    ada, eve = await classroom.person("instructor"), await classroom.person("instructor")
    draft = await classroom.draft(ada)
    lesson = await classroom.lesson(ada, draft)
    on_sale = await classroom.published(ada)
    [sold] = (await ada.get(f"/courses/{on_sale['id']}")).json()["data"]["lessons"]

    async with classroom.unchanged():
        for path in (f"/courses/{draft['id']}", f"/courses/{draft['slug']}"):
            assert refusal(await eve.get(path)) == (404, "course_not_found")
            assert refusal(await classroom.get(path)) == (404, "course_not_found")
        for method, path, change in operations(draft, lesson):
            assert refusal(await eve.call(method, path, change)) == (404, "course_not_found"), (method, path)
        # What is on sale is visible: then it is ownership that is refused.
        for method, path, change in operations(on_sale, sold):
            assert refusal(await eve.call(method, path, change)) == (403, "not_your_course"), (method, path)


async def test_C03_a_foreign_lesson_under_ones_own_course_is_not_there(classroom: Classroom) -> None:
    ada, eve = await classroom.person("instructor"), await classroom.person("instructor")
    foreign = await classroom.lesson(ada, await classroom.draft(ada))
    mine = await classroom.draft(eve)
    own = await classroom.lesson(eve, mine)

    async with classroom.unchanged():
        path = f"/courses/{mine['id']}/lessons/{foreign['id']}"
        for method, change in (("PUT", {"title": "Mine"}), ("DELETE", None)):
            assert refusal(await eve.call(method, path, change)) == (404, "lesson_not_found")
        order = {"lessonIds": [own["id"], foreign["id"]]}
        assert refusal(await eve.put(f"/courses/{mine['id']}/lessons/order", order)) == (422, "lesson_order_mismatch")


BAD_PRICES = [
    "-1",
    "0.001",
    "10.999",
    '"10"',
    "1e309",
    "NaN",
    "99999999999",
    "true",
    "10.0",
    "[]",
    "{}",
    '"free"',
    "-0.0",
]


async def test_C04_a_price_is_a_whole_number_of_a_known_currency(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    headers = {"Authorization": f"Bearer {ada.token}", "Content-Type": "application/json"}

    async with classroom.unchanged():
        for price in BAD_PRICES:
            for body in (
                f'{{"title": "A", "description": "", "category": "music", "price": {price}}}',
                f'{{"title": "A", "description": "", "category": "music", "price": {price}, "currency": "jpy"}}',
            ):
                answer = await classroom.client.post(f"{PREFIX}/courses", content=body, headers=headers)
                assert answer.status_code in {400, 422}, (price, answer.text)
            path = f"{PREFIX}/courses/{course['id']}"
            answer = await classroom.client.put(path, content=f'{{"price": {price}}}', headers=headers)
            assert answer.status_code in {400, 422}, (price, answer.text)
        for currency in ("xxx", "USD", "us", "", None, 5, "usd\u0000"):
            answer = await ada.put(f"/courses/{course['id']}", {"currency": currency})
            assert refusal(answer) == (422, "validation_failed"), currency


async def test_C05_what_is_incomplete_is_not_submitted(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    empty = await classroom.draft(ada)
    hollow = await classroom.draft(ada)
    for content in (None, "", "<script>alert(1)</script>", "<p> </p>"):
        await classroom.lesson(ada, hollow, content=content)

    async with classroom.unchanged():
        for course in (empty, hollow):
            assert refusal(await ada.post(f"/courses/{course['id']}/submit")) == (409, "course_incomplete")
    await classroom.db.execute("UPDATE users SET status = 'suspended' WHERE id = %s", [ada.id])
    await classroom.db.execute("SELECT pg_notify('sessions', %s)", [str(ada.id)])
    await asyncio.sleep(1.2)
    assert (await ada.post(f"/courses/{empty['id']}/submit")).status_code == 401


async def test_C06_a_course_with_enrollments_is_deleted_softly(classroom: Classroom) -> None:
    ada, bob = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(ada)
    await classroom.enroll(bob, course)
    assert (await ada.delete(f"/courses/{course['id']}")).status_code == 200
    assert await classroom.rows("SELECT count(*) FROM access_grants WHERE revoked_at IS NULL") == [(1,)]
    assert await classroom.rows("SELECT count(*) FROM lessons WHERE deleted_at IS NULL") == [(1,)]
    [lesson] = await classroom.rows("SELECT id FROM lessons")
    assert (await bob.get(f"/courses/{course['id']}/lessons/{lesson[0]}")).status_code == 200


async def test_C07_an_order_is_the_very_set_of_lessons(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    ids = [(await classroom.lesson(ada, course))["id"] for _ in range(3)]
    path = f"/courses/{course['id']}/lessons/order"

    async with classroom.unchanged():
        for wrong in (
            [ids[0], ids[0], ids[1]],
            [*ids, ids[0]],
            ids[:2],
            [*ids[:2], str(uuid4())],
            [*ids, str(uuid4())],
            [],
            [str(uuid4()) for _ in range(10_000)],
            ["a", "b", "c"],
            "abc",
            None,
            [1, 2, 3],
        ):
            assert (await ada.put(path, {"lessonIds": wrong})).status_code == 422, str(wrong)[:60]
    orders = [ids[::-1], [ids[1], ids[0], ids[2]]]
    answers = await asyncio.gather(*(ada.put(path, {"lessonIds": order}) for order in orders))
    assert {answer.status_code for answer in answers} == {200}
    lessons = (await ada.get(f"/courses/{course['id']}")).json()["data"]["lessons"]
    assert [lesson["id"] for lesson in lessons] in orders
    assert [lesson["order"] for lesson in lessons] == [1, 2, 3]


async def test_C08_twenty_courses_of_one_title_have_twenty_addresses(classroom: Classroom) -> None:
    people = [await classroom.person("instructor") for _ in range(2)]
    body = {"title": "Mine", "description": "", "price": 0, "category": "music"}
    answers = await asyncio.gather(*(people[number % 2].post("/courses", body) for number in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    slugs = {answer.json()["data"]["slug"] for answer in answers}
    assert len(slugs) == 20
    assert "mine" not in slugs


async def test_C10_of_two_changes_to_one_version_one_wins(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    headers = {"If-Match": '"v1"'}
    answers = await asyncio.gather(
        *(ada.put(f"/courses/{course['id']}", {"title": title}, headers=headers) for title in ("One", "Two"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    [winner] = [answer.json()["data"]["title"] for answer in answers if answer.status_code == 200]
    assert await classroom.rows("SELECT title, version FROM courses") == [(winner, 2)]


async def test_C11_what_is_not_on_sale_is_in_no_list(classroom: Classroom) -> None:
    ada, bob = await classroom.person("instructor"), await classroom.person("student")
    hidden = [await classroom.draft(ada, title="Secret draft"), await classroom.pending(ada, title="Secret pending")]
    deleted = await classroom.published(ada, title="Secret deleted")
    await ada.delete(f"/courses/{deleted['id']}")
    rejected = await classroom.pending(ada, title="Secret rejected")
    await (await classroom.person("admin")).post(f"/admin/courses/{rejected['id']}/reject", {"reason": "Too short"})
    for path in ("/courses", "/courses?search=secret", "/courses?category=development", "/courses?sort=popular"):
        for answer in (await classroom.get(path), await bob.get(path), await ada.get(path)):
            assert (answer.json()["data"], answer.json()["meta"]["total"]) == ([], 0), path
    for course in (*hidden, deleted, rejected):
        for key in (course["id"], course["slug"]):
            assert refusal(await bob.get(f"/courses/{key}")) == (404, "course_not_found")
    assert sum(entry["courseCount"] for entry in (await classroom.get("/categories")).json()["data"]) == 0
    assert (await classroom.get("/courses?status=draft")).status_code == 422
    assert (await bob.get("/admin/courses?status=draft")).status_code == 403


async def test_M05_A03_what_a_client_never_sets_is_refused(classroom: Classroom) -> None:
    ada, eve = await classroom.person("instructor"), await classroom.person("instructor")
    course = await classroom.draft(ada)
    body = {"title": "A", "description": "", "price": 0, "category": "music"}
    extras: dict[str, Any] = {
        "id": str(uuid4()), "slug": "mine", "status": "published", "instructorId": str(eve.id), "ratingCount": 99,
        "averageRating": 5, "enrollmentCount": 5, "version": 9, "publishedAt": "2026-01-01T00:00:00Z", "imageUrl": "x",
        "price_minor": 5, "lessons": [],
    }  # fmt: skip

    async with classroom.unchanged():
        for name, value in extras.items():
            assert refusal(await ada.post("/courses", body | {name: value})) == (422, "validation_failed"), name
            assert refusal(await ada.put(f"/courses/{course['id']}", {name: value})) == (422, "validation_failed"), name


async def test_D01_categories_and_approvals_are_the_admins_alone(classroom: Classroom) -> None:
    people: list[Person] = [await classroom.person("student"), await classroom.person("instructor")]

    async with classroom.unchanged():
        for method, path, body in (
            ("POST", "/admin/categories", {"slug": "x", "name": "X"}),
            ("PUT", "/admin/categories/music", {"name": "X"}),
            ("DELETE", "/admin/categories/music", None),
            ("GET", "/admin/courses", None),
            ("POST", f"/admin/courses/{uuid4()}/approve", None),
            ("POST", f"/admin/courses/{uuid4()}/reject", {"reason": "x"}),
        ):
            for person in people:
                assert refusal(await person.call(method, path, body)) == (403, "forbidden"), (method, path)
            assert refusal(await classroom.client.request(method, PREFIX + path, json=body)) == (401, "unauthorized")
