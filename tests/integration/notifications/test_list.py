"""What the application tells a person: written with the fact, read with the words of now."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.support.classroom import Classroom, Json, Person, refusal
from tests.support.shop import Shop

from coursify.core.counted import Statements
from coursify.core.http import middleware
from coursify.modules.notifications.jobs import purge_expired
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio


async def read(person: Person, query: str = "") -> Json:
    answer = await person.get(f"/notifications{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def kinds(person: Person) -> list[str]:
    return [row["kind"] for row in (await read(person))["data"]]


async def test_an_instructor_reads_what_was_decided_about_their_course(
    classroom: Classroom, teacher: Person, admin: Person
) -> None:
    course = await classroom.pending(teacher, title="Bees & trees")
    await admin.post(f"/admin/courses/{course['id']}/reject", {"reason": "Too short."})
    await teacher.post(f"/courses/{course['id']}/submit")
    await admin.post(f"/admin/courses/{course['id']}/approve")
    await admin.post(f"/admin/courses/{course['id']}/suspend-sale", {"reason": "Stolen pictures."})
    await admin.post(f"/admin/courses/{course['id']}/resume-sale")
    await teacher.put(f"/courses/{course['id']}", {"title": "Bees, renamed"})

    found = await read(teacher)
    assert [row["kind"] for row in found["data"]] == [
        "sale_resumed",
        "sale_suspended",
        "course_approved",
        "course_rejected",
    ]
    assert found["meta"]["unread"] == found["meta"]["total"] == 4
    approved = found["data"][2]
    assert approved["body"] == "Your course “Bees, renamed” is published."
    assert approved["target"] == {"type": "course", "id": course["id"]}
    assert approved["courseId"] == course["id"]
    assert approved["readAt"] is None
    assert await kinds(admin) == []


async def test_a_refused_operation_tells_nobody(classroom: Classroom, teacher: Person, admin: Person) -> None:
    course = await classroom.published(teacher)
    before = await kinds(teacher)
    assert (await admin.post(f"/admin/courses/{course['id']}/approve")).status_code == 409
    assert (await admin.post(f"/admin/courses/{course['id']}/resume-sale")).status_code == 409
    assert await kinds(teacher) == before == ["course_approved"]


async def test_a_learner_reads_about_reviews_refunds_and_certificates(
    classroom: Classroom, student: Person, teacher: Person, admin: Person, course: Json, shop: Shop, run_jobs: RunJobs
) -> None:
    payment = await shop.buy(student, course["id"])
    review = (await student.post(f"/courses/{course['id']}/reviews", {"rating": 2})).json()["data"]
    await teacher.post(f"/reviews/{review['id']}/reply", {"reply": "Thank you."})
    await teacher.post(f"/reviews/{review['id']}/reply", {"reply": "Thank you!"})
    await admin.post(f"/admin/reviews/{review['id']}/hide", {"reason": "Advertising."})
    await admin.post(f"/admin/reviews/{review['id']}/restore")
    enrollment_id = payment["enrollmentIds"][0]
    lessons = (await student.get(f"/enrollments/{enrollment_id}")).json()["data"]["lessons"]
    items = [{"lessonId": lesson["lessonId"], "completed": True} for lesson in lessons]
    await student.put(f"/enrollments/{enrollment_id}/progress", {"items": items})
    await run_jobs()
    await shop.refund(admin, payment["id"])
    await shop.settle()
    await shop.settle()

    rows = (await read(student))["data"]
    assert [(row["kind"], row["target"]["type"]) for row in rows] == [
        ("refund_succeeded", "refund"),
        ("certificate_issued", "enrollment"),
        ("review_restored", "review"),
        ("review_hidden", "review"),
        ("review_answered", "review"),
    ]
    assert rows[1]["target"]["id"] == enrollment_id
    assert rows[4]["target"]["id"] == review["id"]
    assert (await student.get(f"/refunds/{rows[0]['target']['id']}")).status_code == 200


async def test_the_list_is_paged_filtered_and_marked_as_read(
    classroom: Classroom, teacher: Person, student: Person
) -> None:
    for _ in range(3):
        await classroom.published(teacher)
    first = await read(teacher, "?limit=2")
    assert (len(first["data"]), first["meta"]["total"], first["meta"]["unread"]) == (2, 3, 3)
    rest = await read(teacher, f"?limit=2&cursor={first['meta']['nextCursor']}")
    assert len(rest["data"]) == 1
    newest = first["data"][0]["id"]

    answer = await teacher.put(f"/notifications/{newest}/read")
    assert answer.status_code == 200
    read_at = answer.json()["data"]["readAt"]
    assert read_at
    assert (await teacher.put(f"/notifications/{newest}/read")).json()["data"]["readAt"] == read_at
    unread = await read(teacher, "?unread=true")
    assert (len(unread["data"]), unread["meta"]["total"], unread["meta"]["unread"]) == (2, 2, 2)
    assert newest not in {row["id"] for row in unread["data"]}

    for path in (f"/notifications/{newest}/read", f"/notifications/{uuid4()}/read", "/notifications/x/read"):
        assert (await student.put(path)).status_code == 404
    assert refusal(await student.put(f"/notifications/{newest}/read")) == (404, "notification_not_found")
    assert refusal(await teacher.get("/notifications?unread=maybe")) == (422, "validation_failed")
    assert refusal(await teacher.get("/notifications?cursor=AAAA")) == (422, "cursor_invalid")
    cursor = first["meta"]["nextCursor"]
    assert refusal(await student.get(f"/notifications?cursor={cursor}")) == (422, "cursor_invalid")

    assert (await teacher.post("/notifications/read-all")).json()["data"] == {"marked": 2}
    assert (await teacher.post("/notifications/read-all")).json()["data"] == {"marked": 0}
    assert (await read(teacher))["meta"]["unread"] == 0


async def test_a_page_costs_three_statements_whatever_its_length(
    classroom: Classroom, teacher: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await classroom.rows(
        """
        INSERT INTO notifications (user_id, kind, subject_id, created_at)
        SELECT %s, 'refund_succeeded', uuidv7(), now() FROM generate_series(1, 100) RETURNING 1
        """,
        teacher.id,
    )
    await read(teacher)
    counted: list[Statements] = []
    monkeypatch.setattr(middleware, "Statements", lambda: counted.append(Statements()) or counted[-1])
    found = await read(teacher, "?limit=100")
    assert (len(found["data"]), found["meta"]["unread"]) == (100, 100)
    assert [statements.count for statements in counted] == [3]


async def test_ten_read_alls_at_once_mark_each_row_once(classroom: Classroom, teacher: Person) -> None:
    for _ in range(2):
        await classroom.published(teacher)
    answers = await asyncio.gather(*(teacher.post("/notifications/read-all") for _ in range(10)))
    assert sorted(answer.json()["data"]["marked"] for answer in answers) == [0] * 9 + [2]


async def test_notifications_are_kept_for_180_days(
    classroom: Classroom, teacher: Person, resources: Resources, clock_file: Path
) -> None:
    await classroom.published(teacher)
    clock_file.write_text(str(timedelta(days=179).total_seconds()))
    await purge_expired(resources)
    assert await classroom.rows("SELECT count(*) FROM notifications") == [(1,)]
    clock_file.write_text(str(timedelta(days=181).total_seconds()))
    await purge_expired(resources)
    assert await classroom.rows("SELECT count(*) FROM notifications") == [(0,)]
