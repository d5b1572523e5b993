"""The catalogue counts the people who may learn a course now."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop

from coursify.modules.enrollments import jobs
from coursify.resources import Resources

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


# Counters come to the cached answers some seconds later; a request with a cookie passes the cache by.
PAST_THE_CACHE = {"Cookie": "any=1"}


async def counted(classroom: Classroom, resources: Resources, course: Json) -> int:
    await jobs.refresh_recent_counts(resources)
    return int(
        (await classroom.get(f"/courses/{course['id']}", headers=PAST_THE_CACHE)).json()["data"]["enrollmentCount"]
    )


async def test_S13_a_full_refund_counts_back_and_a_failed_one_counts_again(
    classroom: Classroom, shop: Shop, admin: Person, course: Json, resources: Resources
) -> None:
    buyers = [await classroom.person("student") for _ in range(2)]
    payments = [await shop.buy(buyer, course["id"]) for buyer in buyers]
    assert await counted(classroom, resources, course) == 2
    await classroom.db.execute("UPDATE access_grants SET granted_at = now() - interval '1 day'")
    await shop.refund(admin, payments[0]["id"])
    await shop.settle()
    assert await counted(classroom, resources, course) == 1
    ((refund_id,),) = await classroom.rows("SELECT provider_refund_id FROM refunds")
    shop.standin.settle_refund(refund_id, "failed")
    await shop.settle()
    assert await counted(classroom, resources, course) == 2


async def test_S13_popular_courses_are_those_with_the_most_learners_left(
    classroom: Classroom, shop: Shop, admin: Person, teacher: Person, course: Json, resources: Resources
) -> None:
    other = await classroom.published(teacher, title="Go in practice", price=5000)
    buyers = [await classroom.person("student") for _ in range(3)]
    refunded = [await shop.buy(buyer, course["id"]) for buyer in buyers[:2]]
    await shop.buy(buyers[2], other["id"])
    assert await counted(classroom, resources, course) == 2

    async def popular() -> list[str]:
        return [
            row["id"] for row in (await classroom.get("/courses?sort=popular", headers=PAST_THE_CACHE)).json()["data"]
        ]

    assert await popular() == [course["id"], other["id"]]
    for payment in refunded:
        await shop.refund(admin, payment["id"])
    await shop.settle()
    assert await counted(classroom, resources, course) == 0
    assert await popular() == [other["id"], course["id"]]


async def test_access_that_ends_by_the_clock_counts_back(
    classroom: Classroom, student: Person, course: Json, resources: Resources, clock_file: Path
) -> None:
    await classroom.enroll(student, course)
    await classroom.db.execute("UPDATE access_grants SET valid_until = now() + interval '1 day'")
    assert await counted(classroom, resources, course) == 1
    clock_file.write_text(str(timedelta(days=1, minutes=1).total_seconds()))
    try:
        assert await counted(classroom, resources, course) == 0
    finally:
        clock_file.unlink()
