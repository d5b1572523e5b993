"""A viewer who opens a page again and again is one view a day, wherever views are shown or ranked."""

from __future__ import annotations

import csv
import io

import httpx
import pytest
from fastapi import FastAPI
from tests.support.classroom import PREFIX, Classroom, Json, Person
from tests.support.shop import Shop
from tests.support.statistics import refresh
from tests.support.views import Replica

pytestmark = pytest.mark.anyio

REPEATS = 50


@pytest.fixture
async def repeated(app: FastAPI, client: httpx.AsyncClient, classroom: Classroom, shop: Shop, teacher: Person) -> Json:
    """A course that one viewer opened many times, beside one with two viewers."""
    course = await classroom.published(teacher, title="Repeated")
    other = await classroom.published(teacher, title="Two viewers")
    counting = Replica(app, client)
    for _ in range(REPEATS):
        await counting.view(course["id"])
    for agent in ("one", "two"):
        await counting.view(other["id"], agent=agent)
    await counting.flush()
    await refresh(shop.resources)
    assert await classroom.rows("SELECT max(views) FROM course_views") == [(REPEATS,)]
    return course


async def test_repeated_requests_of_one_viewer_are_one_view_in_every_answer(
    repeated: Json, teacher: Person, admin: Person
) -> None:
    mine = (await teacher.get("/courses/mine")).json()["data"]
    assert {course["title"]: course["views"] for course in mine} == {"Repeated": 1, "Two viewers": 2}
    of_course = (await teacher.get(f"/courses/{repeated['id']}/stats")).json()["data"]
    assert (of_course["totals"]["views"], of_course["series"]["rows"][-1]["views"]) == (1, 1)
    for person, path in ((teacher, "/instructors/me/stats"), (admin, "/admin/stats")):
        found = (await person.get(path)).json()["data"]
        assert (found["totals"]["views"], found["series"]["rows"][-1]["views"]) == (3, 3)
    answer = await teacher.get(f"/courses/{repeated['id']}/stats?format=csv")
    assert list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))[-1]["views"] == "1"


async def test_repeated_requests_of_one_viewer_move_no_course_up(
    client: httpx.AsyncClient, repeated: Json, teacher: Person, admin: Person
) -> None:
    for person, path in ((teacher, "/instructors/me/stats"), (admin, "/admin/stats")):
        popular = (await person.get(f"{path}?popular=views")).json()["data"]["popularCourses"]
        found = [(course["title"], course["score"], course["views"]) for course in popular]
        assert found == [("Two viewers", 2, 2), ("Repeated", 1, 1)]
    trending = (await client.get(f"{PREFIX}/courses?sort=trending")).json()["data"]
    assert [course["title"] for course in trending] == ["Two viewers", "Repeated"]
