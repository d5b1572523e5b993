"""An admin takes a course off sale: nobody can buy it, those enrolled keep it, and its instructor gets the reason."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.support.classroom import Classroom, Json, Person, refusal
from tests.support.mailbox import Mailbox
from tests.support.shop import Shop, new_key

from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio

REASON = "The videos show pages of a book <without> permission."
UNLIKE = """
    SELECT id FROM courses WHERE (sale_suspension_id IS NULL AND EXISTS (
        SELECT FROM users WHERE users.id = instructor_id AND status = 'active' AND role <> 'student'
    )) <> (sale_suspended_at IS NULL)
"""


async def suspend(admin: Person, course: Json, reason: str = REASON) -> Json:
    answer = await admin.post(f"/admin/courses/{course['id']}/suspend-sale", {"reason": reason})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


async def resume(admin: Person, course: Json) -> Any:
    answer = await admin.post(f"/admin/courses/{course['id']}/resume-sale")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def is_listed(classroom: Classroom, course: Json) -> bool:
    found = (await classroom.get("/courses?search=rust")).json()["data"]
    assert ((await classroom.get(f"/courses/{course['id']}")).status_code == 200) is bool(found)
    return [row["id"] for row in found] == [course["id"]]


async def test_a_course_off_sale_is_bought_by_nobody_and_kept_by_its_learners(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    learner = await classroom.person("student")
    await classroom.enroll(learner, course)
    shown = await suspend(admin, course)
    assert (shown["status"], shown["saleSuspended"], shown["saleSuspensionReason"]) == ("published", True, REASON)
    assert not await is_listed(classroom, course)
    key = {"Idempotency-Key": new_key()}
    assert refusal(await student.post("/payments", {"courseId": course["id"]}, headers=key)) == (
        404,
        "course_not_found",
    )
    [conflict] = (await student.post("/payments/quote", {"courseIds": [course["id"]]})).json()["data"]["conflicts"]
    assert conflict["code"] == "course_not_found"
    assert refusal(await student.post("/enrollments", {"courseId": course["id"]})) == (404, "course_not_found")
    [lesson] = (await learner.get(f"/courses/{course['id']}")).json()["data"]["lessons"]
    assert (await learner.get(f"/courses/{course['id']}/lessons/{lesson['id']}")).status_code == 200
    assert "saleSuspensionReason" not in (await learner.get(f"/courses/{course['id']}")).json()["data"]
    assert (await resume(admin, course))["message"] == "Course on sale again."
    assert await is_listed(classroom, course)


async def test_a_free_course_off_sale_enrolls_nobody(
    classroom: Classroom, teacher: Person, admin: Person, student: Person
) -> None:
    gift = await classroom.published(teacher, price=0)
    await suspend(admin, gift)
    async with classroom.unchanged():
        assert refusal(await student.post("/enrollments", {"courseId": gift["id"]})) == (404, "course_not_found")


async def test_an_order_that_was_begun_ends_when_its_course_goes_off_sale(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    await shop.start(student, course["id"])
    await suspend(admin, course)
    unsold = await classroom.rows(
        "SELECT count(*) FROM orders JOIN order_lines ON order_id = orders.id JOIN courses ON courses.id = course_id "
        "WHERE orders.status = 'payable' AND sale_suspended_at IS NOT NULL"
    )
    assert unsold == [(1,)], "the sweep cancels what it finds by this mark"


@pytest.mark.parametrize("end", [{"status": "suspended"}, {"role": "student"}], ids=str)
async def test_the_end_of_one_cause_does_not_end_the_other(
    classroom: Classroom, admin: Person, teacher: Person, course: Json, end: Json
) -> None:
    back = {"status": "active", "role": "instructor"}
    await suspend(admin, course)
    await admin.put(f"/admin/users/{teacher.id}", end)
    answer = await admin.put(f"/admin/users/{teacher.id}", back)
    assert answer.json()["message"] == "The person is changed."
    assert not await is_listed(classroom, course)
    await resume(admin, course)
    assert await is_listed(classroom, course)

    await suspend(admin, course)
    await admin.put(f"/admin/users/{teacher.id}", end)
    ended = await resume(admin, course)
    assert ended["message"] == "Suspension ended. The course is not on sale yet."
    assert ended["data"]["saleSuspended"] is True
    assert not await is_listed(classroom, course)
    await admin.put(f"/admin/users/{teacher.id}", back)
    assert await is_listed(classroom, course)


async def test_both_causes_at_once_leave_the_mark_exact(
    classroom: Classroom, admin: Person, teacher: Person, course: Json
) -> None:
    path = f"/admin/courses/{course['id']}"
    for turn in range(12):
        await asyncio.gather(
            admin.post(f"{path}/resume-sale") if turn % 2 else admin.post(f"{path}/suspend-sale", {"reason": "x"}),
            admin.put(f"/admin/users/{teacher.id}", {"status": "active" if turn % 3 else "suspended"}),
        )
        assert await classroom.rows(UNLIKE) == []


async def test_the_instructor_gets_the_reason_and_later_the_end_of_it(
    classroom: Classroom, admin: Person, teacher: Person, course: Json, mailbox: Mailbox, run_jobs: RunJobs
) -> None:
    await run_jobs()
    mailbox.clear()
    await suspend(admin, course)
    assert (await teacher.get(f"/courses/{course['id']}")).json()["data"]["saleSuspensionReason"] == REASON
    assert (await teacher.get("/courses/mine")).json()["data"][0]["saleSuspensionReason"] == REASON
    await run_jobs()
    [told] = mailbox.messages()
    assert told["subject"] == "Your course Rust in practice was taken off sale"
    assert REASON in told["text"]
    assert "&lt;without&gt;" in told["html"]
    mailbox.clear()
    await resume(admin, course)
    await run_jobs()
    assert [message["subject"] for message in mailbox.messages()] == ["Your course Rust in practice is on sale again"]


async def test_a_suspension_is_audited_with_both_ends(classroom: Classroom, admin: Person, course: Json) -> None:
    await suspend(admin, course)
    await resume(admin, course)
    await suspend(admin, course, "Again")
    written = await classroom.rows(
        "SELECT action, actor_id FROM audit_log WHERE target_id = %s AND action LIKE '%%sale' ORDER BY id", course["id"]
    )
    assert written == [
        ("course.suspend_sale", admin.id),
        ("course.resume_sale", admin.id),
        ("course.suspend_sale", admin.id),
    ]
    kept = await classroom.rows("SELECT reason, resumed_by FROM sale_suspensions ORDER BY id")
    assert kept == [(REASON, admin.id), ("Again", None)]


async def test_what_cannot_be_suspended_or_resumed_stays_as_it_is(
    classroom: Classroom, admin: Person, teacher: Person, student: Person, course: Json
) -> None:
    path = f"/admin/courses/{course['id']}"
    async with classroom.unchanged():
        for person in (teacher, student):
            assert refusal(await person.post(f"{path}/suspend-sale", {"reason": REASON})) == (403, "forbidden")
        assert refusal(await admin.post(f"{path}/resume-sale")) == (409, "sale_not_suspended")
        for body in ({}, {"reason": ""}, {"reason": " \n"}, {"reason": None}, {"reason": "a" * 2_001}, {"why": "x"}):
            assert refusal(await admin.post(f"{path}/suspend-sale", body)) == (422, "validation_failed")
        nobody = "/admin/courses/0199b2f0-c1de-7a3c-8a5e-3d9f4b1c2a70"
        assert refusal(await admin.post(f"{nobody}/suspend-sale", {"reason": "x"})) == (404, "course_not_found")
        assert refusal(await admin.post(f"{nobody}/resume-sale")) == (404, "course_not_found")
    answers = await asyncio.gather(*(admin.post(f"{path}/suspend-sale", {"reason": str(n)}) for n in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    await admin.delete(f"/courses/{course['id']}")
    assert refusal(await admin.post(f"{path}/resume-sale")) == (404, "course_not_found")
