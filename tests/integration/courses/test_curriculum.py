"""Sections above the lessons: a section's lessons follow each other, in the order of the sections."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from tests.support.classroom import Classroom, Json, Person, refusal

from coursify.invariants.examine import examine

pytestmark = pytest.mark.anyio


async def detail(person: Person, course: Json) -> Json:
    return dict((await person.get(f"/courses/{course['id']}")).json()["data"])


async def outline(person: Person, course: Json) -> list[tuple[str | None, str]]:
    """The title of each lesson behind that of its section, in the order of the lessons."""
    found = await detail(person, course)
    assert [section["order"] for section in found["sections"]] == list(range(1, len(found["sections"]) + 1))
    assert [lesson["order"] for lesson in found["lessons"]] == list(range(1, len(found["lessons"]) + 1))
    titles = {section["id"]: section["title"] for section in found["sections"]} | {None: None}
    return [(titles[lesson["sectionId"]], lesson["title"]) for lesson in found["lessons"]]


async def titles(person: Person, course: Json) -> list[str]:
    return [section["title"] for section in (await detail(person, course))["sections"]]


@pytest.fixture
async def ada(classroom: Classroom) -> Person:
    return await classroom.person("instructor")


@pytest.fixture
async def course(classroom: Classroom, ada: Person) -> Json:
    return await classroom.draft(ada)


@pytest.fixture
async def ids(classroom: Classroom, ada: Person, course: Json) -> dict[str, str]:
    """The ids of five lessons, a to e, by title."""
    return {title: (await classroom.lesson(ada, course, title=title))["id"] for title in "abcde"}


@pytest.fixture
async def sections(classroom: Classroom, ada: Person, course: Json, ids: dict[str, str]) -> dict[str, str]:
    """The ids of two sections by title: One with b and c, Two with d and e; a is in none."""
    saved = await classroom.curriculum(ada, course, ("One", [ids["b"], ids["c"]]), ("Two", [ids["d"], ids["e"]]))
    return {section["title"]: section["id"] for section in saved["sections"]}


async def test_a_course_has_no_sections_until_its_author_makes_some(
    ada: Person, course: Json, ids: dict[str, str]
) -> None:
    found = await detail(ada, course)
    assert found["sections"] == []
    assert {lesson["sectionId"] for lesson in found["lessons"]} == {None}


async def test_a_curriculum_orders_lessons_and_leaves_the_others_in_front(
    ada: Person, course: Json, ids: dict[str, str]
) -> None:
    body = {
        "sections": [
            {"title": "  Last\tthings ", "lessonIds": [ids["e"], ids["b"]]},
            {"title": "Nothing yet", "lessonIds": []},
            {"title": "First things", "lessonIds": [ids["a"]]},
        ]
    }
    answer = await ada.put(f"/courses/{course['id']}/curriculum", body)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"v1"')
    assert await outline(ada, course) == [
        (None, "c"),
        (None, "d"),
        ("Last things", "e"),
        ("Last things", "b"),
        ("First things", "a"),
    ]
    saved = answer.json()["data"]
    assert saved == {key: (await detail(ada, course))[key] for key in ("sections", "lessons")}
    assert [section["title"] for section in saved["sections"]] == ["Last things", "Nothing yet", "First things"]


async def test_sections_that_are_named_keep_their_ids_and_others_go(
    ada: Person, course: Json, ids: dict[str, str], sections: dict[str, str]
) -> None:
    body = {
        "sections": [
            {"id": sections["Two"], "title": "Two again", "lessonIds": [ids["d"]]},
            {"title": "New", "lessonIds": [ids["b"]]},
        ]
    }
    saved = (await ada.put(f"/courses/{course['id']}/curriculum", body)).json()["data"]["sections"]
    assert saved[0] == {"id": sections["Two"], "title": "Two again", "order": 1}
    assert saved[1]["id"] not in sections.values()
    assert await outline(ada, course) == [(None, "a"), (None, "c"), (None, "e"), ("Two again", "d"), ("New", "b")]


async def test_an_empty_curriculum_keeps_the_lessons_in_their_order(
    classroom: Classroom, ada: Person, course: Json, sections: dict[str, str]
) -> None:
    assert (await classroom.curriculum(ada, course))["sections"] == []
    assert await outline(ada, course) == [(None, title) for title in "abcde"]
    assert await classroom.rows("SELECT count(*) FROM sections") == [(0,)]


async def test_a_curriculum_follows_if_match_and_raises_no_version(
    ada: Person, course: Json, sections: dict[str, str]
) -> None:
    path = f"/courses/{course['id']}"
    stale = await ada.put(f"{path}/curriculum", {"sections": []}, headers={"If-Match": '"v2"'})
    assert refusal(stale) == (412, "stale_version")
    assert len(await titles(ada, course)) == 2
    saved = await ada.put(f"{path}/curriculum", {"sections": []}, headers={"If-Match": '"v1"'})
    assert (saved.status_code, saved.headers["etag"]) == (200, '"v1"')
    assert (await detail(ada, course))["version"] == 1


async def test_a_lesson_joins_the_section_at_its_place(
    classroom: Classroom, ada: Person, course: Json, sections: dict[str, str]
) -> None:
    last = await classroom.lesson(ada, course, title="last")
    assert last["sectionId"] == sections["Two"]
    await classroom.lesson(ada, course, title="first", order=1)
    moving_d_down = await classroom.lesson(ada, course, title="before d", order=5)
    assert moving_d_down["sectionId"] == sections["Two"]
    assert await outline(ada, course) == [
        (None, "first"),
        (None, "a"),
        ("One", "b"),
        ("One", "c"),
        ("Two", "before d"),
        ("Two", "d"),
        ("Two", "e"),
        ("Two", "last"),
    ]


async def test_a_lesson_is_added_to_a_section_at_its_end_or_within(
    classroom: Classroom, ada: Person, course: Json, sections: dict[str, str]
) -> None:
    await classroom.lesson(ada, course, title="end", sectionId=sections["One"])
    await classroom.lesson(ada, course, title="within", sectionId=sections["One"], order=2)
    await classroom.lesson(ada, course, title="none", sectionId=None)
    one = [("One", title) for title in ("within", "b", "c", "end")]
    assert await outline(ada, course) == [(None, "a"), (None, "none"), *one, ("Two", "d"), ("Two", "e")]


async def test_a_lesson_is_added_to_an_empty_section_between_two(
    classroom: Classroom, ada: Person, course: Json, ids: dict[str, str]
) -> None:
    saved = await classroom.curriculum(ada, course, ("One", [ids["a"]]), ("Empty", []), ("Two", list(ids.values())[1:]))
    await classroom.lesson(ada, course, title="new", sectionId=saved["sections"][1]["id"])
    assert (await outline(ada, course))[:3] == [("One", "a"), ("Empty", "new"), ("Two", "b")]


async def test_a_lesson_moves_to_the_end_of_another_section_or_to_its_place_there(
    ada: Person, course: Json, ids: dict[str, str], sections: dict[str, str]
) -> None:
    path = f"/courses/{course['id']}/lessons"
    moved = (await ada.put(f"{path}/{ids['a']}", {"sectionId": sections["Two"]})).json()["data"]
    assert (moved["order"], moved["sectionId"]) == (5, sections["Two"])
    await ada.put(f"{path}/{ids['e']}", {"sectionId": sections["One"], "order": 1})
    await ada.put(f"{path}/{ids['b']}", {"sectionId": sections["One"], "title": "B"})
    await ada.put(f"{path}/{ids['c']}", {"sectionId": None})
    assert await outline(ada, course) == [(None, "c"), ("One", "e"), ("One", "B"), ("Two", "d"), ("Two", "a")]


async def test_an_order_within_the_sections_is_kept_and_one_across_is_refused(
    classroom: Classroom, ada: Person, course: Json, ids: dict[str, str], sections: dict[str, str]
) -> None:
    path = f"/courses/{course['id']}/lessons"
    within = await ada.put(f"{path}/order", {"lessonIds": [ids[title] for title in "acbed"]})
    assert within.status_code == 200
    assert [lesson["sectionId"] for lesson in within.json()["data"]][:2] == [None, sections["One"]]
    async with classroom.unchanged():
        for order in ("abdce", "deabc", "bcade"):
            across = await ada.put(f"{path}/order", {"lessonIds": [ids[title] for title in order]})
            assert refusal(across) == (422, "lesson_outside_section")
            assert "/curriculum" in across.json()["error"]["details"][0]["message"]
        for body in ({"order": 4}, {"order": 1}, {"sectionId": sections["Two"], "order": 2}):
            outside = await ada.put(f"{path}/{ids['b']}", body)
            assert refusal(outside) == (422, "lesson_outside_section"), body
            assert outside.json()["error"]["details"][0]["field"] == "order"
        added = await ada.post(path, {"title": "x", "sectionId": sections["One"], "order": 5})
        assert refusal(added) == (422, "lesson_outside_section")
        assert added.json()["error"]["details"] == [
            {"field": "order", "message": "must be from 2 to 4 in this section"}
        ]


async def test_a_deleted_lesson_leaves_its_section(
    classroom: Classroom, ada: Person, course: Json, ids: dict[str, str], sections: dict[str, str]
) -> None:
    for title in "bc":
        assert (await ada.delete(f"/courses/{course['id']}/lessons/{ids[title]}")).status_code == 200
    assert await outline(ada, course) == [(None, "a"), ("Two", "d"), ("Two", "e")]
    assert await titles(ada, course) == ["One", "Two"]
    await classroom.lesson(ada, course, title="new", sectionId=sections["One"])
    assert (await outline(ada, course))[1] == ("One", "new")


async def test_learners_see_the_section_and_follow_the_order_of_the_lessons(classroom: Classroom, ada: Person) -> None:
    course = await classroom.published(ada)
    await classroom.lesson(ada, course, title="second")
    first, second = [lesson["id"] for lesson in (await detail(ada, course))["lessons"]]
    saved = await classroom.curriculum(ada, course, ("Late", [second]), ("Later", [first]))
    student = await classroom.person("student")
    await classroom.enroll(student, course)
    lesson = (await student.get(f"/courses/{course['id']}/lessons/{first}")).json()["data"]
    assert (lesson["sectionId"], lesson["previousLessonId"]) == (saved["sections"][1]["id"], second)
    assert (lesson["order"], lesson["nextLessonId"]) == (2, None)
    enrollment = (await student.get("/enrollments")).json()["data"][0]
    progress = (await student.get(f"/enrollments/{enrollment['id']}")).json()["data"]["lessons"]
    assert [entry["lessonId"] for entry in progress] == [second, first]
    public = (await classroom.get(f"/courses/{course['slug']}")).json()["data"]
    assert (public["sections"], public["lessons"]) == (saved["sections"], saved["lessons"])


WRONG: list[Any] = [
    {},
    {"sections": None},
    {"sections": {}},
    {"sections": [{"title": "", "lessonIds": []}]},
    {"sections": [{"title": "a" * 201, "lessonIds": []}]},
    {"sections": [{"title": "a\u0007", "lessonIds": []}]},
    {"sections": [{"title": "a"}]},
    {"sections": [{"lessonIds": []}]},
    {"sections": [{"title": "a", "lessonIds": ["x"]}]},
    {"sections": [{"title": "a", "lessonIds": [None]}]},
    {"sections": [{"title": "a", "lessonIds": [], "id": "mine"}]},
    {"sections": [{"title": "a", "lessonIds": [], "order": 1}]},
    {"sections": [], "lessons": []},
    {"sections": [{"title": "a", "lessonIds": []}] * 201},
    {"sections": [{"title": "a", "lessonIds": [str(uuid4()) for _ in range(501)]}] * 2},
]


async def test_a_curriculum_of_the_wrong_shape_is_refused(
    classroom: Classroom, ada: Person, course: Json, sections: dict[str, str]
) -> None:
    async with classroom.unchanged():
        for body in WRONG:
            assert refusal(await ada.put(f"/courses/{course['id']}/curriculum", body)) == (422, "validation_failed")


async def test_what_is_foreign_unknown_or_named_twice_is_refused_by_field(
    classroom: Classroom, ada: Person, course: Json, ids: dict[str, str], sections: dict[str, str]
) -> None:
    other = await classroom.draft(ada)
    foreign = (await classroom.lesson(ada, other))["id"]
    foreign_section = (await classroom.curriculum(ada, other, ("Other", [foreign])))["sections"][0]["id"]
    one = {"id": sections["One"], "title": "One", "lessonIds": [ids["a"]]}
    cases = [
        ([one, {"title": "x", "lessonIds": [ids["b"], ids["a"]]}], ["sections.1.lessonIds.1"]),
        ([{"title": "x", "lessonIds": [ids["b"], ids["b"]]}], ["sections.0.lessonIds.1"]),
        ([{"title": "x", "lessonIds": [foreign, str(uuid4())]}], ["sections.0.lessonIds.0", "sections.0.lessonIds.1"]),
        ([one, one | {"lessonIds": []}], ["sections.1.id"]),
        ([one | {"id": foreign_section}], ["sections.0.id"]),
        ([one | {"id": str(uuid4()), "lessonIds": [foreign]}], ["sections.0.id", "sections.0.lessonIds.0"]),
    ]
    async with classroom.unchanged():
        for named, fields in cases:
            answer = await ada.put(f"/courses/{course['id']}/curriculum", {"sections": named})
            assert refusal(answer) == (422, "curriculum_mismatch")
            assert [each["field"] for each in answer.json()["error"]["details"]] == fields
        for section_id in (foreign_section, str(uuid4())):
            for answer in (
                await ada.post(f"/courses/{course['id']}/lessons", {"title": "x", "sectionId": section_id}),
                await ada.put(f"/courses/{course['id']}/lessons/{ids['a']}", {"sectionId": section_id}),
            ):
                assert refusal(answer) == (422, "unknown_section")


async def test_changes_at_once_keep_every_section_whole(
    classroom: Classroom, ada: Person, course: Json, ids: dict[str, str], sections: dict[str, str]
) -> None:
    path = f"/courses/{course['id']}"

    def arranged() -> Json:
        named = random.sample(list(ids.values()), 4)
        return {
            "sections": [
                {"title": "x", "lessonIds": named[:2]},
                {"title": "y", "lessonIds": named[2:]},
                {"title": "z", "lessonIds": []},
            ]
        }

    answers = await asyncio.gather(
        *(ada.put(f"{path}/curriculum", arranged()) for _ in range(8)),
        *(ada.post(f"{path}/lessons", {"title": "new", "order": order}) for order in (1, 4, 9)),
        *(ada.post(f"{path}/lessons", {"title": "new", "sectionId": sections["One"]}) for _ in range(2)),
        *(ada.put(f"{path}/lessons/{ids[title]}", {"sectionId": sections["Two"]}) for title in "ab"),
        *(ada.put(f"{path}/lessons/order", {"lessonIds": random.sample(list(ids.values()), 5)}) for _ in range(3)),
        *(ada.delete(f"{path}/lessons/{ids[title]}") for title in "de"),
    )
    assert {answer.status_code for answer in answers} <= {200, 201, 422}
    await outline(ada, course)
    findings = await examine(classroom.db, now=datetime.now(UTC))
    broken = {finding.invariant.code for finding in findings if finding.is_broken}
    assert not broken & {"I-28", "I-44"}
