"""`sort=trending`: what people view and enroll in now comes first; `sort=popular`: what has the most learners."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop
from tests.support.statistics import refresh

from coursify.modules.analytics.jobs import score_courses
from coursify.modules.enrollments.jobs import refresh_recent_counts
from coursify.resources import Resources

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def count_everything(resources: Resources) -> None:
    await refresh_recent_counts(resources)
    await refresh(resources)
    await score_courses(resources)


async def view(classroom: Classroom, course: Json, *, days_ago: int, viewers: int) -> None:
    await classroom.db.execute(
        """
        INSERT INTO course_views (course_id, day, views, viewers)
        VALUES (%s, (now() - %s * interval '1 day')::date, %s, %s)
        """,
        [course["id"], days_ago, viewers, viewers],
    )


async def order_of(classroom: Classroom, sort: str) -> list[str]:
    """The titles by cursor, a course on each page; a request with a cookie passes the cache by."""
    titles, query = [], f"sort={sort}&limit=1"
    while query:
        answer = (await classroom.get(f"/courses?{query}", headers={"Cookie": "any=1"})).json()
        titles += [course["title"] for course in answer["data"]]
        cursor = answer["meta"]["nextCursor"]
        query = f"sort={sort}&limit=1&cursor={cursor}" if cursor else ""
    return titles


async def test_trending_prefers_what_is_recent_and_popular_what_has_most_learners(
    classroom: Classroom, teacher: Person, resources: Resources
) -> None:
    old, recent, quiet = [
        await classroom.published(teacher, title=title, price=0) for title in ("Old favorite", "Recent", "Quiet")
    ]
    for number in range(5):
        learner = await classroom.person("student")
        if number < 3:
            assert (await learner.post("/enrollments", {"courseId": old["id"]})).status_code == 201
        if number < 2:
            assert (await learner.post("/enrollments", {"courseId": recent["id"]})).status_code == 201
    await classroom.db.execute(
        "UPDATE enrollments SET enrolled_at = now() - interval '25 days' WHERE course_id = %s", [old["id"]]
    )
    await view(classroom, recent, days_ago=1, viewers=3)
    await view(classroom, quiet, days_ago=35, viewers=500)
    await count_everything(resources)
    assert await order_of(classroom, "trending") == ["Recent", "Old favorite", "Quiet"]
    assert await order_of(classroom, "popular") == ["Old favorite", "Recent", "Quiet"]


async def test_S13_a_refunded_enrollment_pushes_no_course_up(
    classroom: Classroom, shop: Shop, teacher: Person, admin: Person
) -> None:
    refunded, kept = [await classroom.published(teacher, title=title) for title in ("Refunded", "Kept")]
    payments = [await shop.buy(await classroom.person("student"), refunded["id"]) for _ in range(2)]
    await shop.buy(await classroom.person("student"), kept["id"])
    await count_everything(shop.resources)
    assert await order_of(classroom, "trending") == ["Refunded", "Kept"]
    for payment in payments:
        await shop.refund(admin, payment["id"])
    await shop.settle()
    await count_everything(shop.resources)
    for sort in ("trending", "popular"):
        assert await order_of(classroom, sort) == ["Kept", "Refunded"]


async def test_scores_neither_raise_a_version_nor_wait_for_a_locked_course(
    classroom: Classroom, teacher: Person, resources: Resources, shop: Shop
) -> None:
    locked, free = [await classroom.published(teacher, title=title) for title in ("Locked", "Free")]
    for course in (locked, free):
        await view(classroom, course, days_ago=0, viewers=9)
    await refresh(resources)
    async with resources.database.transaction() as (db, _now):
        await db.execute("SELECT FROM courses WHERE id = %s FOR NO KEY UPDATE", [locked["id"]])
        await score_courses(resources)
        scores = dict(await classroom.rows("SELECT title, trending_score FROM courses"))
        assert scores == {"Locked": 0, "Free": 9_000}
    await score_courses(resources)
    assert await classroom.rows("SELECT version, trending_score FROM courses") == [(1, 9_000), (1, 9_000)]
