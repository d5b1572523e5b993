"""An instructor's list of their own courses."""

from __future__ import annotations

import pytest
from tests.support.classroom import Classroom, Person, refusal

from coursify.core.counted import Statements
from coursify.core.http import middleware

pytestmark = pytest.mark.anyio


async def school_of(classroom: Classroom, owner: Person) -> dict[str, str]:
    """One course of each status, oldest first; ids by title."""
    root = await classroom.person("admin")
    ids = {}
    for title, make in (
        ("Draft", classroom.draft),
        ("Pending", classroom.pending),
        ("Rejected", classroom.pending),
        ("Published", classroom.published),
        ("Deleted", classroom.published),
    ):
        ids[title] = (await make(owner, title=title))["id"]
    assert (await root.post(f"/admin/courses/{ids['Rejected']}/reject", {"reason": "Too <b>short"})).status_code == 200
    assert (await owner.delete(f"/courses/{ids['Deleted']}")).status_code == 200
    return ids


async def test_an_instructor_sees_their_own_courses_of_every_status(classroom: Classroom) -> None:
    ada, eve = await classroom.person("instructor"), await classroom.person("instructor")
    await school_of(classroom, ada)
    await classroom.published(eve, title="Someone else's")
    answer = (await ada.get("/courses/mine")).json()
    assert [(course["title"], course["status"]) for course in answer["data"]] == [
        ("Published", "published"),
        ("Rejected", "rejected"),
        ("Pending", "pending"),
        ("Draft", "draft"),
    ]
    assert answer["meta"]["total"] == 4
    reasons = {course["title"]: course["rejectionReason"] for course in answer["data"]}
    assert reasons == {"Published": None, "Rejected": "Too <b>short", "Pending": None, "Draft": None}
    for course in answer["data"]:
        assert (course["submittedAt"] is None) == (course["status"] == "draft")
        assert course["version"] == 1
        assert (course["enrollmentCount"], course["ratingCount"]) == (0, 0)


@pytest.mark.parametrize("status", ["draft", "pending", "published", "rejected"])
async def test_ones_own_courses_can_be_asked_for_by_status(classroom: Classroom, status: str) -> None:
    ada = await classroom.person("instructor")
    ids = await school_of(classroom, ada)
    answer = (await ada.get(f"/courses/mine?status={status}")).json()
    assert [course["id"] for course in answer["data"]] == [ids[status.capitalize()]]
    assert answer["meta"]["total"] == 1


async def test_pages_and_cursors_of_ones_own_courses_fit_together(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    titles = [f"Course {number}" for number in range(5)]
    for title in titles:
        await classroom.draft(ada, title=title)
    by_page = [
        course["title"]
        for page in (1, 2, 3, 4)
        for course in (await ada.get(f"/courses/mine?limit=2&page={page}")).json()["data"]
    ]
    by_cursor: list[str] = []
    query = "limit=2"
    while query:
        answer = (await ada.get(f"/courses/mine?{query}")).json()
        assert answer["meta"]["total"] == 5
        by_cursor += [course["title"] for course in answer["data"]]
        cursor = answer["meta"]["nextCursor"]
        query = f"limit=2&cursor={cursor}" if cursor else ""
    assert by_page == by_cursor == titles[::-1]


async def test_a_page_of_ones_own_courses_is_three_statements_however_long_it_is(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await classroom.person("instructor")
    for _ in range(3):
        await classroom.draft(ada)
    await ada.get("/courses/mine")
    counted: list[Statements] = []
    monkeypatch.setattr(middleware, "Statements", lambda: counted.append(Statements()) or counted[-1])
    for query in ("", "?limit=1", "?status=draft", "?status=pending"):
        await ada.get(f"/courses/mine{query}")
    # Two are for the counters; where a page is empty, the total is asked for apart.
    assert [statements.count for statements in counted] == [3, 3, 3, 4]


async def test_a_cursor_of_someone_elses_courses_is_not_read(classroom: Classroom) -> None:
    ada, eve = await classroom.person("instructor"), await classroom.person("instructor")
    for _ in range(2):
        await classroom.draft(ada)
    cursor = (await ada.get("/courses/mine?limit=1")).json()["meta"]["nextCursor"]
    assert refusal(await eve.get(f"/courses/mine?limit=1&cursor={cursor}")) == (422, "cursor_invalid")


async def test_only_who_teaches_has_a_list_of_own_courses(classroom: Classroom) -> None:
    student, root = await classroom.person("student"), await classroom.person("admin")
    assert refusal(await student.get("/courses/mine")) == (403, "forbidden")
    assert refusal(await classroom.get("/courses/mine")) == (401, "unauthorized")
    course = await classroom.draft(root)
    assert [own["id"] for own in (await root.get("/courses/mine")).json()["data"]] == [course["id"]]
    assert refusal(await root.get("/courses/mine?status=lost")) == (422, "validation_failed")


async def test_no_course_has_the_address_of_the_list(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.published(ada, title="Mine")
    assert course["slug"].startswith("mine-")
    assert (await classroom.get(f"/courses/{course['slug']}")).json()["data"]["id"] == course["id"]
