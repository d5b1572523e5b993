"""Learners say what they think; the course's ratings are always the sum of it."""

from __future__ import annotations

import pytest
from tests.support.classroom import Classroom

pytestmark = pytest.mark.anyio


async def test_a_review_changes_the_ratings_of_its_course(classroom: Classroom) -> None:
    ada, bob = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(ada)
    await classroom.enroll(bob, course)
    answer = await bob.post(f"/courses/{course['id']}/reviews", {"rating": 4, "comment": "Good"})
    assert answer.status_code == 201, answer.text
    review = answer.json()["data"]
    assert (review["rating"], review["comment"], review["author"]) == (4, "Good", {"name": bob.name})
    listed = (await classroom.get(f"/courses/{course['slug']}/reviews")).json()
    assert listed["data"] == [review]
    assert listed["meta"]["averageRating"] == 4
    assert listed["meta"]["ratingCount"] == 1
    assert listed["meta"]["distribution"] == {"1": 0, "2": 0, "3": 0, "4": 1, "5": 0}
