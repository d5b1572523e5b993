"""Wish lists: what is in them, who sees it, and that they go with the person."""

from __future__ import annotations

import pytest
from tests.support.classroom import Classroom, Json, Person, refusal

from coursify.modules.storefront import personal_data
from coursify.modules.storefront.services import add_wish

pytestmark = pytest.mark.anyio


async def titles(person: Person, query: str = "") -> list[str]:
    answer = await person.get(f"/wishlist{query}")
    assert answer.status_code == 200, answer.text
    return [course["title"] for course in answer.json()["data"]]


async def test_a_course_is_added_once_listed_and_removed(
    classroom: Classroom, teacher: Person, student: Person
) -> None:
    first, second = (
        await classroom.published(teacher, title="First"),
        await classroom.published(teacher, title="Second"),
    )
    assert refusal(await student.get(f"/wishlist/{first['id']}")) == (404, "not_wished")
    for course in (first, second, first):
        answer = await student.put(f"/wishlist/{course['id']}")
        assert (answer.status_code, answer.json()["data"]) == (200, {"courseId": course["id"], "wished": True})
    assert await titles(student) == ["Second", "First"]
    assert (await student.get("/wishlist")).json()["data"][0]["me"]["wished"] is True
    assert (await student.get(f"/wishlist/{first['id']}")).json()["data"]["wished"] is True
    for _ in range(2):
        assert (await student.delete(f"/wishlist/{first['id']}")).json()["data"]["wished"] is False
    assert await titles(student) == ["Second"]


async def test_it_goes_on_by_page_and_by_cursor(classroom: Classroom, teacher: Person, student: Person) -> None:
    for number in range(3):
        course = await classroom.published(teacher, title=f"Course {number}")
        await student.put(f"/wishlist/{course['id']}")
    page = (await student.get("/wishlist?limit=2")).json()
    assert [course["title"] for course in page["data"]] == ["Course 2", "Course 1"]
    assert page["meta"]["total"] == 3
    assert await titles(student, f"?limit=2&cursor={page['meta']['nextCursor']}") == ["Course 0"]
    assert await titles(student, "?limit=2&page=2") == ["Course 0"]
    assert (await student.get("/wishlist?page=9")).json()["meta"]["total"] == 3
    other = await classroom.person("student")
    assert refusal(await other.get(f"/wishlist?cursor={page['meta']['nextCursor']}")) == (422, "cursor_invalid")


async def test_a_wish_list_is_seen_by_its_owner_alone(classroom: Classroom, student: Person, course: Json) -> None:
    await student.put(f"/wishlist/{course['id']}")
    other = await classroom.person("admin")
    assert await titles(other) == []
    assert (await other.get(f"/wishlist/{course['id']}")).status_code == 404
    for call in (classroom.get("/wishlist"), classroom.get(f"/wishlist/{course['id']}")):
        assert (await call).status_code == 401


async def test_only_what_is_on_sale_is_added_and_shown(
    classroom: Classroom, teacher: Person, student: Person, course: Json
) -> None:
    draft = await classroom.draft(teacher)
    assert refusal(await student.put(f"/wishlist/{draft['id']}")) == (404, "course_not_found")
    assert refusal(await teacher.put(f"/wishlist/{draft['id']}")) == (404, "course_not_found")
    await student.put(f"/wishlist/{course['id']}")
    await classroom.rows("UPDATE courses SET sale_suspended_at = now() WHERE id = %s RETURNING 1", course["id"])
    assert await titles(student) == []
    await classroom.rows("UPDATE courses SET sale_suspended_at = NULL WHERE id = %s RETURNING 1", course["id"])
    assert await titles(student) == [course["title"]]


async def test_a_full_list_takes_no_more_and_keeps_what_it_has(
    classroom: Classroom, teacher: Person, student: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(add_wish, "MAX_WISHES", 1)
    kept, refused = await classroom.published(teacher), await classroom.published(teacher)
    await student.put(f"/wishlist/{kept['id']}")
    assert refusal(await student.put(f"/wishlist/{refused['id']}")) == (409, "wishlist_full")
    assert (await student.put(f"/wishlist/{kept['id']}")).status_code == 200


async def test_it_is_exported_and_goes_with_the_person(classroom: Classroom, student: Person, course: Json) -> None:
    await student.put(f"/wishlist/{course['id']}")
    [wish] = (await personal_data.export(classroom.db, student.id))["wishlist"]
    assert (str(wish["course_id"]), wish["title"]) == (course["id"], course["title"])
    [(now,)] = await classroom.rows("SELECT now()")
    await personal_data.erase(classroom.db, student.id, now)
    assert (await personal_data.export(classroom.db, student.id))["wishlist"] == []
