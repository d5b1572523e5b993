"""A learner in a paid course of two lessons."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop

Json = dict[str, Any]
Complete = Callable[[Person, str], Awaitable[Json]]


@pytest.fixture
async def course(classroom: Classroom, teacher: Person) -> Json:
    course = await classroom.published(teacher, title="Rust in practice", price=5000)
    await classroom.lesson(teacher, course, title="The last lesson")
    return course


@pytest.fixture
async def payment(shop: Shop, student: Person, course: Json) -> Json:
    return await shop.buy(student, course["id"])


@pytest.fixture
async def enrollment_id(payment: Json) -> str:
    return str(payment["enrollmentIds"][0])


@pytest.fixture
def complete() -> Complete:
    """Completes every lesson; returns the enrollment."""

    async def run(person: Person, enrollment_id: str) -> Json:
        lessons = (await person.get(f"/enrollments/{enrollment_id}")).json()["data"]["lessons"]
        items = [{"lessonId": lesson["lessonId"], "completed": True} for lesson in lessons]
        answer = await person.put(f"/enrollments/{enrollment_id}/progress", {"items": items})
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"])

    return run
