"""What learners need before a course and what they can do after it: two lists of short texts."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.classroom import Classroom, Json, Person, refusal

pytestmark = pytest.mark.anyio

BEFORE, AFTER = ["A computer", "Curiosity"], ["Write a program", "Sort <quickly> & stably"]
# With the place that the refusal names.
REFUSED: list[tuple[Any, str]] = [
    (["Fine", " "], ".1"),
    (["\u200b"], ".0"),
    (["x" * 201], ".0"),
    (["a\x00b"], ".0"),
    ([7], ".0"),
    (["x"] * 21, ""),
    ("A computer", ""),
    (None, ""),
]


@pytest.fixture
async def course(classroom: Classroom, teacher: Person) -> Json:
    return await classroom.published(teacher, requirements=BEFORE, outcomes=AFTER)


def lists_of(course: Json) -> tuple[list[str], list[str]]:
    return course["requirements"], course["outcomes"]


async def test_a_course_has_requirements_and_outcomes_on_its_page_but_not_in_lists(
    classroom: Classroom, teacher: Person, course: Json
) -> None:
    assert lists_of(course) == (BEFORE, AFTER)
    for key in ("id", "slug"):
        assert lists_of((await classroom.get(f"/courses/{course[key]}")).json()["data"]) == (BEFORE, AFTER)
    for rows in (await classroom.get("/courses"), await teacher.get("/courses/mine")):
        assert [{"requirements", "outcomes"} & row.keys() for row in rows.json()["data"]] == [set()]


async def test_without_them_both_lists_are_empty(classroom: Classroom, teacher: Person) -> None:
    assert lists_of(await classroom.draft(teacher)) == ([], [])


async def test_a_change_replaces_the_list_that_it_names_and_leaves_the_other_alone(
    classroom: Classroom, teacher: Person, course: Json
) -> None:
    path = f"/courses/{course['id']}"
    assert lists_of((await teacher.put(path, {"title": "Another"})).json()["data"]) == (BEFORE, AFTER)
    assert lists_of((await teacher.put(path, {"outcomes": ["One"]})).json()["data"]) == (BEFORE, ["One"])
    assert lists_of((await teacher.put(path, {"requirements": []})).json()["data"]) == ([], ["One"])
    assert lists_of((await classroom.get(path)).json()["data"]) == ([], ["One"])


async def test_texts_are_cleaned_like_titles(classroom: Classroom, teacher: Person) -> None:
    course = await classroom.draft(teacher, requirements=["  A\tcomputer\u200b ", "x" * 200], outcomes=["y"] * 20)
    assert lists_of(course) == (["A computer", "x" * 200], ["y"] * 20)


async def test_what_is_no_list_of_short_texts_is_refused_and_changes_nothing(teacher: Person, course: Json) -> None:
    path = f"/courses/{course['id']}"
    before = (await teacher.get(path)).json()["data"]
    for field in ("requirements", "outcomes"):
        for texts, place in REFUSED:
            answer = await teacher.put(path, {"title": "Another", field: texts})
            assert refusal(answer) == (422, "validation_failed"), texts
            assert [each["field"] for each in answer.json()["error"]["details"]] == [field + place], texts
    assert (await teacher.get(path)).json()["data"] == before


async def test_an_empty_text_is_called_empty(teacher: Person, course: Json) -> None:
    answer = await teacher.put(f"/courses/{course['id']}", {"outcomes": [""]})
    assert answer.json()["error"]["details"] == [{"field": "outcomes.0", "message": "must not be empty"}]


async def test_an_admin_reviews_what_changed_in_them(admin: Person, teacher: Person, course: Json) -> None:
    path = f"/admin/courses/{course['id']}/review-diff"
    before = (await admin.get(path)).json()["data"]
    assert before["changes"] == []
    await teacher.put(f"/courses/{course['id']}", {"requirements": ["A computer", "Time"], "outcomes": []})
    after = (await admin.get(path)).json()["data"]
    assert after["revision"] != before["revision"]
    assert {change["field"]: change["diff"] for change in after["changes"]} == {
        "requirements": "@@ -1,2 +1,2 @@\n A computer\n-Curiosity\n+Time",
        "outcomes": "@@ -1,2 +0,0 @@\n-Write a program\n-Sort <quickly> & stably",
    }
    answer = await admin.post(f"/admin/courses/{course['id']}/acknowledge-changes", {"revision": after["revision"]})
    assert answer.status_code == 200, answer.text
    assert (await admin.get(path)).json()["data"]["changes"] == []


async def test_search_engines_read_them(classroom: Classroom, teacher: Person, course: Json) -> None:
    described = (await classroom.get(f"/courses/{course['slug']}/schema.jsonld")).json()
    assert (described["coursePrerequisites"], described["teaches"]) == (BEFORE, AFTER)
    await teacher.put(f"/courses/{course['id']}", {"requirements": [], "outcomes": []})
    described = (await classroom.get(f"/courses/{course['slug']}/schema.jsonld")).json()
    assert not {"coursePrerequisites", "teaches"} & described.keys()
