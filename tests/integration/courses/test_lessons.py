"""Lessons stand at 1..n, whatever happens to them."""

from __future__ import annotations

import asyncio
import random
from typing import Any
from uuid import uuid4

import pytest
from tests.support.classroom import Classroom, Json, Person

pytestmark = pytest.mark.anyio


async def outline(person: Person, course: Json) -> list[tuple[str, int]]:
    lessons = (await person.get(f"/courses/{course['id']}")).json()["data"]["lessons"]
    return [(lesson["title"], lesson["order"]) for lesson in lessons]


async def test_lessons_are_added_at_the_end_or_at_their_place(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    for title, order in (("one", None), ("two", None), ("zero", 1), ("far", 99)):
        lesson = await classroom.lesson(ada, course, title=title, **({} if order is None else {"order": order}))
        assert lesson["videoUrl"] is None
        assert lesson["courseId"] == course["id"]
    assert await outline(ada, course) == [("zero", 1), ("one", 2), ("two", 3), ("far", 4)]


async def test_a_lesson_moves_and_the_others_keep_their_order(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    lessons = [await classroom.lesson(ada, course, title=title) for title in "abcd"]
    moved = await ada.put(f"/courses/{course['id']}/lessons/{lessons[0]['id']}", {"order": 3, "title": "A"})
    assert (moved.json()["data"]["order"], moved.headers["etag"]) == (3, '"v2"')
    assert await outline(ada, course) == [("b", 1), ("c", 2), ("A", 3), ("d", 4)]


async def test_a_removed_lesson_leaves_no_gap_and_keeps_its_row(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    lessons = [await classroom.lesson(ada, course, title=title) for title in "abc"]
    path = f"/courses/{course['id']}/lessons/{lessons[1]['id']}"
    assert (await ada.delete(path)).status_code == 200
    assert await outline(ada, course) == [("a", 1), ("c", 2)]
    for gone in (await ada.delete(path), await ada.put(path, {"title": "x"})):
        assert (gone.status_code, gone.json()["error"]["code"]) == (404, "lesson_not_found")
    detail = (await ada.get(f"/courses/{course['id']}")).json()["data"]
    assert (detail["lessonCount"], detail["durationSeconds"]) == (2, 120)
    assert await classroom.rows("SELECT count(*) FROM lessons") == [(3,)]


async def test_the_last_lesson_of_a_course_on_sale_stays(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    for course in (await classroom.published(ada), await classroom.pending(ada)):
        [lesson] = (await ada.get(f"/courses/{course['id']}")).json()["data"]["lessons"]
        answer = await ada.delete(f"/courses/{course['id']}/lessons/{lesson['id']}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "last_lesson")
    draft = await classroom.draft(ada)
    lesson = await classroom.lesson(ada, draft)
    assert (await ada.delete(f"/courses/{draft['id']}/lessons/{lesson['id']}")).status_code == 200


async def test_no_lesson_of_a_course_on_sale_is_empty(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.published(ada)
    path = f"/courses/{course['id']}/lessons"
    [lesson] = (await ada.get(f"/courses/{course['id']}")).json()["data"]["lessons"]
    for answer in (
        await ada.put(f"{path}/{lesson['id']}", {"content": None}),
        await ada.put(f"{path}/{lesson['id']}", {"content": "<p onclick=x>&nbsp;</p><hr>"}),
        await ada.post(path, {"title": "Nothing yet"}),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "lesson_empty")
    draft = await classroom.draft(ada)
    assert (await ada.post(f"/courses/{draft['id']}/lessons", {"title": "Nothing yet"})).status_code == 201


async def test_two_removals_at_once_leave_one_lesson_of_a_course_on_sale(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.published(ada)
    await classroom.lesson(ada, course)
    lessons = (await ada.get(f"/courses/{course['id']}")).json()["data"]["lessons"]
    answers = await asyncio.gather(
        *(ada.delete(f"/courses/{course['id']}/lessons/{lesson['id']}") for lesson in lessons)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_lesson_of_a_course_on_sale_changes_under_its_id(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.published(ada)
    [lesson] = (await ada.get(f"/courses/{course['id']}")).json()["data"]["lessons"]
    path = f"/courses/{course['id']}/lessons/{lesson['id']}"
    changed = await ada.put(path, {"content": "<p>New</p>", "durationSeconds": 90, "isPreview": True})
    data = changed.json()["data"]
    assert (data["id"], data["content"], data["isPreview"]) == (lesson["id"], "<p>New</p>", True)
    assert (await ada.get(f"/courses/{course['id']}")).json()["data"]["durationSeconds"] == 90
    stale = await ada.put(path, {"title": "x"}, headers={"If-Match": '"v1"'})
    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "stale_version")
    assert (await ada.put(path, {"title": "x"}, headers={"If-Match": '"v2"'})).headers["etag"] == '"v3"'
    assert (await ada.put(path, {})).headers["etag"] == '"v3"'


async def test_the_content_of_lessons_is_sanitised(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    written = "<p onclick=x>Hi<script>alert(1)</script></p>"
    kept = "<p>Hi&lt;script&gt;alert(1)&lt;/script&gt;</p>"
    lesson = await classroom.lesson(ada, course, content=written)
    assert lesson["content"] == kept
    path = f"/courses/{course['id']}/lessons/{lesson['id']}"
    for content in (written, kept):
        assert (await ada.put(path, {"content": content})).json()["data"]["content"] == kept


@pytest.mark.parametrize("field", ["description", "content"])
async def test_html_that_was_read_can_be_sent_back_at_any_length(classroom: Classroom, field: str) -> None:
    """What would be too long once it is escaped is refused, and says which field it is."""
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    path = f"/courses/{course['id']}"
    if field == "content":
        path += f"/lessons/{(await classroom.lesson(ada, course))['id']}"
    fits = "<" * 25_000
    for text in (fits, fits.replace("<", "&lt;")):
        answer = await ada.put(path, {field: text})
        assert (answer.status_code, answer.json()["data"][field]) == (200, fits.replace("<", "&lt;"))
    refused = await ada.put(path, {field: "<" * 25_001})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "html_too_long")
    assert refused.json()["error"]["details"][0]["field"] == field


WRONG: list[Any] = [
    {"title": ""},
    {"title": "a\u0007b"},
    {},
    {"title": "a", "order": 0},
    {"title": "a", "order": 1.5},
    {"title": "a", "isPreview": "yes"},
    {"title": "a", "durationSeconds": -1},
    {"title": "a", "videoUrl": "https://example.com/v.mp4"},
    {"title": "a", "position": 3},
]


async def test_a_lesson_of_the_wrong_shape_is_refused(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    for body in WRONG:
        assert (await ada.post(f"/courses/{course['id']}/lessons", body)).status_code == 422, body
    assert await outline(ada, course) == []


async def test_an_order_names_every_lesson(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    ids = [(await classroom.lesson(ada, course, title=title))["id"] for title in "abc"]
    answer = await ada.put(f"/courses/{course['id']}/lessons/order", {"lessonIds": [ids[2], ids[0], ids[1]]})
    assert answer.status_code == 200
    assert [(lesson["title"], lesson["order"]) for lesson in answer.json()["data"]] == [("c", 1), ("a", 2), ("b", 3)]
    assert await outline(ada, course) == [("c", 1), ("a", 2), ("b", 3)]
    empty = await classroom.draft(ada)
    assert (await ada.put(f"/courses/{empty['id']}/lessons/order", {"lessonIds": []})).status_code == 200


async def test_everything_at_once_ends_at_one_to_n(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    lessons = [await classroom.lesson(ada, course, title=str(number)) for number in range(6)]
    ids = [lesson["id"] for lesson in lessons]
    path = f"/courses/{course['id']}/lessons"
    answers = await asyncio.gather(
        *(ada.put(f"{path}/order", {"lessonIds": random.sample(ids, len(ids))}) for _ in range(4)),
        *(ada.post(path, {"title": "new", "order": order}) for order in (1, 3, 9)),
        *(ada.put(f"{path}/{ids[index]}", {"order": 6 - index}) for index in (0, 5)),
        ada.delete(f"{path}/{ids[2]}"),
    )
    assert {answer.status_code for answer in answers} <= {200, 201, 404, 422}
    count = len(await classroom.rows("SELECT id FROM lessons WHERE deleted_at IS NULL"))
    assert [order for _title, order in await outline(ada, course)] == list(range(1, count + 1))
    assert (await ada.get(f"/courses/{course['id']}")).json()["data"]["lessonCount"] == count


async def test_a_lesson_that_never_was_is_not_found(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    for path in (f"/courses/{course['id']}/lessons/{uuid4()}", f"/courses/{uuid4()}/lessons/{uuid4()}"):
        assert (await ada.put(path, {"title": "x"})).status_code == 404
        assert (await ada.delete(path)).status_code == 404
