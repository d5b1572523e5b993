"""Attacks on enrolling and learning (docs/attacks.md, E), by id; more of them are in tests/integration/enrollments."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.support.books import assert_sound
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def test_E01_a_paid_course_is_not_enrolled_in_without_payment(
    classroom: Classroom, student: Person, course: Json
) -> None:
    async with classroom.unchanged():
        answer = await student.post("/enrollments", {"courseId": course["id"]})
    assert refusal(answer) == (402, "payment_required")
    assert (answer.json()["error"]["price"], answer.json()["error"]["currency"]) == (course["price"], "usd")


async def test_E08_after_a_full_refund_lessons_are_closed_and_progress_is_kept(
    classroom: Classroom, shop: Shop, student: Person, first: Person, course: Json, payment: Json
) -> None:
    (enrollment_id,) = payment["enrollmentIds"]
    (lesson,) = (await student.get(f"/courses/{course['id']}")).json()["data"]["lessons"]
    lesson_path, progress_path = f"/courses/{course['id']}/lessons/{lesson['id']}", f"/enrollments/{enrollment_id}"
    done = {"lessonId": lesson["id"], "completed": True}
    before = (await student.put(f"{progress_path}/progress", done)).json()["data"]
    assert (await student.get(lesson_path)).status_code == 200
    await shop.refund(first, payment["id"])
    await shop.settle()
    assert refusal(await student.get(lesson_path)) == (403, "access_closed")
    assert refusal(await student.post(f"{lesson_path}/playback")) == (403, "access_closed")
    assert refusal(await student.put(f"{progress_path}/progress", done)) == (403, "access_closed")
    after = (await student.get(progress_path)).json()["data"]
    assert after == before | {"status": "revoked"}


async def test_E13_enrolling_free_while_the_course_turns_paid_opens_it_free_or_asks_for_the_price(
    classroom: Classroom, shop: Shop
) -> None:
    teacher = await classroom.person("instructor")
    course = await classroom.published(teacher, price=0)
    students = [await classroom.person("student") for _ in range(8)]
    enrolling = [student.post("/enrollments", {"courseId": course["id"]}) for student in students]
    turned, *answers = await asyncio.gather(teacher.put(f"/courses/{course['id']}", {"price": 5000}), *enrolling)
    assert turned.status_code == 200
    for student, answer in zip(students, answers, strict=True):
        assert answer.status_code in {201, 402, 503}
        grants = await classroom.rows(
            "SELECT source_type FROM access_grants "
            "WHERE enrollment_id = (SELECT id FROM enrollments WHERE user_id = %s)",
            student.id,
        )
        assert grants == ([("free",)] if answer.status_code == 201 else [])
    late = await (await classroom.person("student")).post("/enrollments", {"courseId": course["id"]})
    assert refusal(late) == (402, "payment_required")
    await assert_sound(shop, classroom)
