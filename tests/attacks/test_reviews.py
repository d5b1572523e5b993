"""Attacks on reviews (docs/attacks.md, R), by id. ∅ means: no table has changed."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from tests.support.classroom import PREFIX, Classroom, Json, Person, refusal

from coursify.core.database import Connection

pytestmark = pytest.mark.anyio

DRIFTED = """
    SELECT course.id FROM courses AS course
    LEFT JOIN reviews AS review
        ON review.course_id = course.id AND review.deleted_at IS NULL AND review.status = 'visible'
    GROUP BY course.id
    HAVING course.rating_sum <> coalesce(sum(review.rating), 0) OR course.rating_count <> count(review.id)
        OR course.rating_counts <> ARRAY[
            count(*) FILTER (WHERE review.rating = 1), count(*) FILTER (WHERE review.rating = 2),
            count(*) FILTER (WHERE review.rating = 3), count(*) FILTER (WHERE review.rating = 4),
            count(*) FILTER (WHERE review.rating = 5)]::integer[]
"""


@pytest.fixture
def classroom(app: FastAPI, client: httpx.AsyncClient, db: Connection) -> Classroom:
    return Classroom(app, client, db)


@pytest.fixture
async def ada(classroom: Classroom) -> Person:
    return await classroom.person("instructor")


@pytest.fixture
async def course(classroom: Classroom, ada: Person) -> Json:
    return await classroom.published(ada)


async def learner(classroom: Classroom, course: Json) -> Person:
    person = await classroom.person("student")
    await classroom.enroll(person, course)
    return person


async def test_R01_nobody_reviews_without_a_place_in_the_course(classroom: Classroom, course: Json) -> None:
    bob, root = await classroom.person("student"), await classroom.person("admin")
    path = f"/courses/{course['id']}/reviews"

    async with classroom.unchanged():
        for person in (bob, root):
            assert refusal(await person.post(path, {"rating": 5})) == (403, "not_enrolled")
        assert (await classroom.client.post(PREFIX + path, json={"rating": 5})).status_code == 401


async def test_R02_nobody_reviews_their_own_course(classroom: Classroom, ada: Person, course: Json) -> None:
    for _ in ("as the instructor", "as one who is enrolled by another path"):
        async with classroom.unchanged():
            answer = await ada.post(f"/courses/{course['id']}/reviews", {"rating": 5})
            assert refusal(answer) == (403, "own_course_review")
        if not await classroom.rows("SELECT 1 FROM enrollments"):
            await classroom.enroll(ada, course)


async def test_R03_fifty_first_reviews_at_once_are_one(classroom: Classroom, course: Json) -> None:
    bob = await learner(classroom, course)
    path = f"/courses/{course['id']}/reviews"
    answers = await asyncio.gather(*(bob.post(path, {"rating": number % 5 + 1}) for number in range(50)))
    assert sorted({answer.status_code for answer in answers}) == [201, 409]
    assert [answer.status_code for answer in answers].count(201) == 1
    assert {refusal(answer)[1] for answer in answers if answer.status_code == 409} == {"already_reviewed"}
    assert await classroom.rows("SELECT count(*) FROM reviews") == [(1,)]
    assert await classroom.rows(DRIFTED) == []


async def test_R04_a_rating_is_a_whole_number_from_one_to_five(classroom: Classroom, course: Json) -> None:
    bob = await learner(classroom, course)

    async with classroom.unchanged():
        for rating in (0, 6, 4.5, "5", True, None, -1, [], {}, 10**30):
            answer = await bob.post(f"/courses/{course['id']}/reviews", {"rating": rating})
            assert refusal(answer) == (422, "validation_failed"), rating
        assert refusal(await bob.post(f"/courses/{course['id']}/reviews", {"comment": "x"})) == (
            422,
            "validation_failed",
        )
        answer = await bob.post(f"/courses/{course['id']}/reviews", {"rating": 5, "status": "visible"})
        assert refusal(answer) == (422, "validation_failed")


async def test_R05_a_comment_is_plain_text(classroom: Classroom, course: Json) -> None:
    """Markup is kept as it was typed and is served as JSON only: there is nothing in which it could run."""
    bob = await learner(classroom, course)
    answer = await bob.post(f"/courses/{course['id']}/reviews", {"rating": 5, "comment": "<b>Nice</b>"})
    path = f"/reviews/{answer.json()['data']['id']}"
    for comment in ("<script>alert(1)</script>ok", "<img src=x onerror=alert(1)>ok", "<svg/onload=alert(1)>ok"):
        assert (await bob.put(path, {"comment": comment})).json()["data"]["comment"] == comment
        shown = await classroom.get(path)
        assert shown.json()["data"]["comment"] == comment
        assert shown.headers["content-type"].startswith("application/json")
        assert shown.headers["x-content-type-options"] == "nosniff"

    async with classroom.unchanged():
        for comment in ("a" * 100_000, "a\u0000b", "\u0007", "Z" + "\u0300" * 500 + "algo", 5, ["x"]):
            assert (await bob.put(path, {"comment": comment})).status_code == 422


async def test_R06_anothers_review_and_another_course_are_not_there(classroom: Classroom, course: Json) -> None:
    bob, eve = await learner(classroom, course), await learner(classroom, course)
    root, other = await classroom.person("admin"), await classroom.person("instructor")
    review = (await bob.post(f"/courses/{course['id']}/reviews", {"rating": 5})).json()["data"]
    path = f"/reviews/{review['id']}"

    async with classroom.unchanged():
        for person in (eve, other, root):
            assert refusal(await person.put(path, {"rating": 1})) == (404, "review_not_found")
            assert refusal(await person.delete(path)) == (404, "review_not_found")
        for person in (other, root):
            assert refusal(await person.post(f"{path}/reply", {"reply": "x"})) == (404, "review_not_found")
        assert refusal(await bob.post(f"{path}/reply", {"reply": "x"})) == (403, "forbidden")


async def test_R08_ratings_are_the_sum_of_reviews_whatever_happens_at_once(classroom: Classroom, course: Json) -> None:
    """Twelve people write, change and take back at once; every answer is one of the story's, none is a failure."""
    people = [await learner(classroom, course) for _ in range(12)]
    dice = random.Random(8)

    async def live(person: Person) -> list[int]:
        statuses = []
        for _ in range(8):
            reviews = (await classroom.get(f"/reviews?userId={person.id}")).json()["data"]
            steps: list[Awaitable[httpx.Response]] = [
                person.post(f"/courses/{course['id']}/reviews", {"rating": dice.randint(1, 5)})
            ]
            if reviews:
                path = f"/reviews/{reviews[0]['id']}"
                steps += [person.put(path, {"rating": dice.randint(1, 5)}) for _ in range(2)]
                steps += [person.delete(path)] if dice.random() < 0.5 else []
            statuses += [answer.status_code for answer in await asyncio.gather(*steps)]
        return statuses

    statuses = await asyncio.gather(*(live(person) for person in people))
    assert {status for person in statuses for status in person} <= {200, 201, 404, 409}
    assert await classroom.rows(DRIFTED) == []
    assert (
        await classroom.rows(
            "SELECT user_id FROM reviews WHERE deleted_at IS NULL GROUP BY user_id HAVING count(*) > 1"
        )
        == []
    )


async def test_R09_lists_know_their_own_questions_alone(classroom: Classroom, course: Json) -> None:
    for path in ("/reviews", f"/courses/{course['id']}/reviews"):
        for query in ("sort=rating;drop", "rating[$gt]=0", "sort=rating", "limit=1e9", "page=-1", "cursor=abc", "q=x"):
            answer = await classroom.get(f"{path}?{query}")
            assert answer.status_code == 422, (path, query)
    for query in ("courseId=1", "userId=' OR 1=1--"):
        assert (await classroom.get(f"/reviews?{query}")).status_code == 422


async def test_R10_reviews_are_counted_by_the_hour(
    app: FastAPI, strict_client: httpx.AsyncClient, db: Connection, course: Json
) -> None:
    bob = await Classroom(app, strict_client, db).person("student")
    path = f"/courses/{course['id']}/reviews"
    statuses = [(await bob.post(path, {"rating": 5})).status_code for _ in range(100)]
    assert set(statuses) == {403, 429}
    last = await bob.post(path, {"rating": 5})
    assert (refusal(last), int(last.headers["retry-after"]) > 0) == ((429, "too_many_requests"), True)


async def test_R11_an_erased_author_has_no_name_and_the_ratings_stay(classroom: Classroom, course: Json) -> None:
    bob = await learner(classroom, course)
    await bob.post(f"/courses/{course['id']}/reviews", {"rating": 5, "comment": "Kept"})
    sql = """
        UPDATE users SET status = 'erased', erased_at = now(), email = NULL, email_canonical = NULL, name = NULL,
            password_hash = NULL WHERE id = %s
    """
    await classroom.db.execute(sql, [bob.id])
    answer: dict[str, Any] = (await classroom.get(f"/courses/{course['id']}/reviews")).json()
    [review] = answer["data"]
    assert (review["author"], review["comment"]) == ({"name": "Former member", "avatarUrl": None}, "Kept")
    assert (answer["meta"]["averageRating"], answer["meta"]["ratingCount"]) == (5, 1)
