"""What is off sale can be neither bought nor enrolled in; what was paid before is honored."""

from __future__ import annotations

import pytest
from tests.support.classroom import Classroom, refusal
from tests.support.shop import Shop

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("end", "back"),
    [
        ({"status": "suspended"}, {"status": "active"}),
        ({"role": "student"}, {"role": "instructor"}),
    ],
    ids=str,
)
async def test_courses_of_someone_who_may_not_sell_are_neither_sold_nor_given(
    classroom: Classroom, shop: Shop, end: dict[str, str], back: dict[str, str]
) -> None:
    ada, bob, root = [await classroom.person(role) for role in ("instructor", "student", "admin")]
    sold, free = await classroom.published(ada), await classroom.published(ada, price=0)
    other = await classroom.published(await classroom.person("instructor"))
    assert (await root.put(f"/admin/users/{ada.id}", end)).status_code == 200
    async with classroom.unchanged():
        for courses in ([sold["id"]], [free["id"]], [sold["id"], other["id"]]):
            assert refusal(await shop.start(bob, *courses)) == (404, "course_not_found")
        for course in (sold, free):
            answer = await bob.post("/enrollments", {"courseId": course["id"]})
            assert refusal(answer) == (404, "course_not_found")
    assert (await root.put(f"/admin/users/{ada.id}", back)).status_code == 200
    await shop.buy(bob, sold["id"])
    assert (await bob.post("/enrollments", {"courseId": free["id"]})).status_code == 201


async def test_what_was_paid_before_a_suspension_opens_all_the_same(classroom: Classroom, shop: Shop) -> None:
    ada, bob, root = [await classroom.person(role) for role in ("instructor", "student", "admin")]
    course = await classroom.published(ada)
    await shop.pay(bob, course["id"])
    assert (await root.put(f"/admin/users/{ada.id}", {"status": "suspended"})).status_code == 200
    answer = await bob.post("/enrollments", {"courseId": course["id"]})
    assert (answer.status_code, answer.json()["data"]["status"]) == (201, "active")
    assert (await bob.get(f"/courses/{course['id']}")).json()["data"]["saleSuspended"] is True
