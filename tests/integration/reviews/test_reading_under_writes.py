"""The reviews of a course and its ratings are read as of one moment."""

from __future__ import annotations

import asyncio

import pytest
from tests.support import gate
from tests.support.classroom import PREFIX, Classroom, Json, Person

pytestmark = pytest.mark.anyio


async def test_a_page_and_its_ratings_agree_while_a_review_is_written(
    classroom: Classroom, course: Json, student: Person
) -> None:
    """The review is written between the statement for the course and the one for its reviews."""
    await classroom.enroll(student, course)
    path = f"{PREFIX}/courses/{course['id']}/reviews"
    async with gate.pause("course.rating_counts FROM reviews AS review") as paused:
        reading = asyncio.create_task(classroom.client.get(path))
        await paused.reached()
        await student.post(f"/courses/{course['id']}/reviews", {"rating": 4})
        paused.release()
    page = (await reading).json()
    assert [review["rating"] for review in page["data"]] == [4]
    assert (page["meta"]["total"], page["meta"]["ratingCount"], page["meta"]["averageRating"]) == (1, 1, 4.0)
    assert page["meta"]["distribution"] == {"1": 0, "2": 0, "3": 0, "4": 1, "5": 0}


async def test_a_page_and_its_ratings_agree_while_the_only_review_is_deleted(
    classroom: Classroom, course: Json, student: Person
) -> None:
    await classroom.enroll(student, course)
    review = (await student.post(f"/courses/{course['id']}/reviews", {"rating": 4})).json()["data"]
    async with gate.pause("course.rating_counts FROM reviews AS review") as paused:
        reading = asyncio.create_task(classroom.client.get(f"{PREFIX}/courses/{course['id']}/reviews"))
        await paused.reached()
        await student.delete(f"/reviews/{review['id']}")
        paused.release()
    page = (await reading).json()
    assert (page["data"], page["meta"]["ratingCount"], page["meta"]["averageRating"]) == ([], 0, 0.0)
