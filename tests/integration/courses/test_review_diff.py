"""What an admin reads before a decision: every lesson, and what changed since the last one."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.classroom import Classroom, Json, Person, refusal

from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio

NOBODY = "0199b2f0-c1de-7a3c-8a5e-3d9f4b1c2a70"


async def read_diff(admin: Person, course: Json, query: str = "") -> Json:
    answer = await admin.get(f"/admin/courses/{course['id']}/review-diff{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def by_field(changes: list[Json]) -> dict[str, Any]:
    return {
        change["field"]: change["diff"] if change["diff"] is not None else (change["before"], change["after"])
        for change in changes
    }


async def test_an_admin_reads_every_lesson_of_a_course_that_waits(
    classroom: Classroom, admin: Person, teacher: Person, student: Person
) -> None:
    course = await classroom.pending(teacher)
    for lesson in (await admin.get(f"/courses/{course['id']}")).json()["data"]["lessons"]:
        path = f"/courses/{course['id']}/lessons/{lesson['id']}"
        assert (await admin.get(path)).json()["data"]["content"] == "<p>Read this</p>"
        assert refusal(await student.get(path))[0] == 404
    assert await classroom.rows("SELECT count(*) FROM enrollments") == [(0,)]


async def test_before_the_first_decision_every_lesson_is_new(
    classroom: Classroom, admin: Person, teacher: Person
) -> None:
    course = await classroom.pending(teacher)
    diff = (await read_diff(admin, course))["data"]
    assert (diff["courseId"], diff["status"], diff["since"], diff["changes"]) == (course["id"], "pending", None, [])
    assert [(lesson["change"], lesson["order"], lesson["changes"]) for lesson in diff["lessons"]] == [("added", 1, [])]


async def test_what_was_changed_after_a_rejection_is_shown_when_it_waits_again(
    classroom: Classroom, admin: Person, teacher: Person
) -> None:
    course = await classroom.pending(teacher, description="<p>One</p><p>Two</p><p>Three</p>")
    await admin.post(f"/admin/courses/{course['id']}/reject", {"reason": "Too short"})
    assert (await read_diff(admin, course))["data"]["lessons"] == []
    await teacher.put(
        f"/courses/{course['id']}",
        {"title": "Rust at work", "price": 5900, "description": "<p>One</p><p>Two and a half</p><p>Three</p>"},
    )
    await teacher.post(f"/courses/{course['id']}/submit")
    diff = (await read_diff(admin, course))["data"]
    assert (diff["status"], diff["since"]["decision"], diff["since"]["decidedBy"]) == (
        "pending",
        "rejected",
        str(admin.id),
    )
    assert by_field(diff["changes"]) == {
        "title": ("Rust in practice", "Rust at work"),
        "price": (4900, 5900),
        "description": "@@ -1,3 +1,3 @@\n <p>One</p>\n-<p>Two</p>\n+<p>Two and a half</p>\n <p>Three</p>",
    }


async def test_lessons_that_are_new_gone_moved_or_different_are_shown_since_the_approval(
    classroom: Classroom, admin: Person, teacher: Person
) -> None:
    course = await classroom.draft(teacher)
    first, second, third, fourth = [
        await classroom.lesson(teacher, course, title=title, content=f"<p>{title}</p>") for title in "ABCD"
    ]
    await teacher.post(f"/courses/{course['id']}/submit")
    await admin.post(f"/admin/courses/{course['id']}/approve")
    assert (await read_diff(admin, course))["data"]["lessons"] == []

    path = f"/courses/{course['id']}/lessons"
    await teacher.delete(f"{path}/{first['id']}")
    added = await classroom.lesson(teacher, course, title="New", order=1)
    await teacher.put(
        f"{path}/{second['id']}", {"title": "B2", "isPreview": True, "content": "<p>B</p><p>and more</p>"}
    )
    changed = (await read_diff(admin, course))["data"]
    found = {lesson["id"]: lesson for lesson in changed["lessons"]}
    assert found.keys() == {first["id"], added["id"], second["id"]}, "C and D are where they were among the others"
    assert [found[row["id"]]["change"] for row in (first, added, second)] == ["removed", "added", "changed"]
    assert (found[first["id"]]["order"], found[first["id"]]["orderBefore"]) == (None, 1)
    assert by_field(found[second["id"]]["changes"]) == {
        "title": ("B", "B2"),
        "isPreview": (False, True),
        "content": "@@ -1 +1,2 @@\n <p>B</p>\n+<p>and more</p>",
    }
    order = [added["id"], second["id"], fourth["id"], third["id"]]
    assert (await teacher.put(f"{path}/order", {"lessonIds": order})).status_code == 200
    moved = {
        lesson["id"]: by_field(lesson["changes"]) for lesson in (await read_diff(admin, course))["data"]["lessons"]
    }
    assert (moved[third["id"]], moved[fourth["id"]]) == ({"order": (3, 4)}, {"order": (4, 3)})


async def test_a_section_and_a_video_elsewhere_are_part_of_a_snapshot(
    classroom: Classroom, admin: Person, teacher: Person
) -> None:
    course = await classroom.published(teacher)
    [lesson] = (await teacher.get(f"/courses/{course['id']}")).json()["data"]["lessons"]
    sections = {"sections": [{"title": "Basics", "lessonIds": [lesson["id"]]}]}
    answer = await teacher.put(f"/courses/{course['id']}/curriculum", sections)
    assert answer.status_code == 200, answer.text
    await classroom.db.execute("UPDATE lessons SET external_video_url = 'https://www.youtube.com/embed/x'")
    [changed] = (await read_diff(admin, course))["data"]["lessons"]
    assert by_field(changed["changes"]) == {
        "section": (None, "Basics"),
        "video": (None, "https://www.youtube.com/embed/x"),
    }


async def test_changed_lessons_come_in_pages(classroom: Classroom, admin: Person, teacher: Person) -> None:
    course = await classroom.published(teacher)
    for number in range(5):
        await classroom.lesson(teacher, course, title=f"Lesson {number}")
    seen: list[str] = []
    cursor = ""
    while len(seen) < 5:
        page = await read_diff(admin, course, f"?limit=2{cursor}")
        assert page["meta"]["total"] == 5
        seen += [lesson["title"] for lesson in page["data"]["lessons"]]
        cursor = f"&cursor={page['meta']['nextCursor']}"
    assert seen == [f"Lesson {number}" for number in range(5)]
    assert refusal(await admin.get(f"/admin/courses/{course['id']}/review-diff?cursor=x")) == (422, "cursor_invalid")


async def test_only_admins_read_it_and_only_of_a_course_that_is_there(
    classroom: Classroom, admin: Person, teacher: Person, student: Person, course: Json
) -> None:
    for person in (teacher, student):
        refused = await person.get(f"/admin/courses/{course['id']}/review-diff")
        assert refusal(refused) == (403, "forbidden")
    assert refusal(await admin.get(f"/admin/courses/{NOBODY}/review-diff")) == (404, "course_not_found")
    await teacher.delete(f"/courses/{course['id']}")
    assert refusal(await admin.get(f"/admin/courses/{course['id']}/review-diff")) == (404, "course_not_found")


async def test_the_snapshots_of_an_erased_instructor_are_deleted(
    classroom: Classroom, admin: Person, teacher: Person, course: Json, run_jobs: RunJobs
) -> None:
    counted = "SELECT (SELECT count(*) FROM course_snapshots), (SELECT count(*) FROM lesson_snapshots)"
    assert await classroom.rows(counted) == [(1, 1)]
    await admin.delete(f"/users/{teacher.id}")
    await run_jobs()
    assert await classroom.rows(counted) == [(0, 0)]


async def test_what_was_changed_after_the_admin_read_it_is_not_approved(
    classroom: Classroom, admin: Person, teacher: Person
) -> None:
    course = await classroom.pending(teacher)
    read = (await read_diff(admin, course))["data"]["revision"]
    assert (await read_diff(admin, course))["data"]["revision"] == read
    lesson = (await admin.get(f"/courses/{course['id']}")).json()["data"]["lessons"][0]
    await teacher.put(f"/courses/{course['id']}/lessons/{lesson['id']}", {"content": "<p>Something else</p>"})
    path = f"/admin/courses/{course['id']}/approve"
    assert refusal(await admin.post(path, {"revision": read}))[:2] == (409, "course_changed")
    again = (await read_diff(admin, course))["data"]["revision"]
    approved = await admin.post(path, {"revision": again})
    assert approved.json()["data"]["status"] == "published"


async def test_changes_of_a_published_course_are_acknowledged_once_read(
    classroom: Classroom, admin: Person, teacher: Person, student: Person, course: Json
) -> None:
    path = f"/admin/courses/{course['id']}/acknowledge-changes"
    await teacher.put(f"/courses/{course['id']}", {"title": "Rust at home"})
    read = (await read_diff(admin, course))["data"]
    assert list(by_field(read["changes"])) == ["title"]
    await teacher.put(f"/courses/{course['id']}", {"subtitle": "In three days"})
    assert refusal(await admin.post(path, {"revision": read["revision"]}))[:2] == (409, "course_changed")
    now = (await read_diff(admin, course))["data"]["revision"]
    assert (await admin.post(path, {"revision": now})).status_code == 200
    after = (await read_diff(admin, course))["data"]
    assert (after["changes"], after["lessons"], after["since"]["decision"]) == ([], [], "acknowledged")
    await teacher.put(f"/courses/{course['id']}", {"title": "Rust anywhere"})
    assert by_field((await read_diff(admin, course))["data"]["changes"]) == {"title": ("Rust at home", "Rust anywhere")}
    draft = await classroom.pending(teacher)
    assert refusal(await admin.post(f"/admin/courses/{draft['id']}/acknowledge-changes", {"revision": now}))[:2] == (
        409,
        "course_not_published",
    )
