"""Learners say what they think; the course's ratings are always the sum of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from tests.support.classroom import Classroom, Json, Person
from tests.support.shop import Shop

from coursify.core.counted import Statements
from coursify.core.database import Database
from coursify.core.http import middleware
from coursify.modules.reviews.queries.reviews import FILTERS, compose_course_list, compose_list
from coursify.modules.reviews.services.post_review import post_review

pytestmark = pytest.mark.anyio


@pytest.fixture
async def course(classroom: Classroom) -> Json:
    return await classroom.published(await classroom.person("instructor"))


async def learner(classroom: Classroom, course: Json) -> Person:
    person = await classroom.person("student")
    await classroom.enroll(person, course)
    return person


async def review(person: Person, course: Json, rating: int = 4, **fields: Any) -> Json:
    answer = await person.post(f"/courses/{course['id']}/reviews", {"rating": rating} | fields)
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["data"])


async def ratings(classroom: Classroom, course: Json) -> tuple[float, int, list[int]]:
    meta = (await classroom.get(f"/courses/{course['slug']}/reviews")).json()["meta"]
    return meta["averageRating"], meta["ratingCount"], list(meta["distribution"].values())


async def test_a_review_changes_the_ratings_of_its_course(classroom: Classroom, course: Json) -> None:
    bob, eve = await learner(classroom, course), await learner(classroom, course)
    first = await review(bob, course, 4, comment="Good")
    assert (first["rating"], first["comment"], first["author"]) == (4, "Good", {"name": bob.name, "avatarUrl": None})
    assert (first["status"], first["reply"], first["repliedAt"]) == ("visible", None, None)
    second = await review(eve, course, 1)
    listed = (await classroom.get(f"/courses/{course['slug']}/reviews")).json()
    assert listed["data"] == [second | {"mine": False}, first | {"mine": False}]
    assert listed["meta"] == {
        "page": 1,
        "limit": 20,
        "total": 2,
        "totalPages": 1,
        "totalIsExact": True,
        "nextCursor": None,
        "averageRating": 2.5,
        "ratingCount": 2,
        "distribution": {"1": 1, "2": 0, "3": 0, "4": 1, "5": 0},
    }
    shown = (await classroom.get(f"/courses/{course['id']}")).json()["data"]
    assert (shown["averageRating"], shown["ratingCount"]) == (2.5, 2)
    assert shown["ratingDistribution"] == listed["meta"]["distribution"]


async def test_whoever_lost_access_may_delete_their_review_and_change_nothing(
    classroom: Classroom, shop: Shop, course: Json
) -> None:
    bob, root = await classroom.person("student"), await classroom.person("admin")
    payment = await shop.buy(bob, course["id"])
    written = await review(bob, course, 2, comment="Meh")
    path, reviews = f"/reviews/{written['id']}", f"/courses/{course['id']}/reviews"
    assert (await bob.put(path, {"rating": 1})).status_code == 200
    assert (await shop.refund(root, payment["id"])).status_code == 202
    await shop.settle()

    async with classroom.unchanged():
        for answer in (
            await bob.put(path, {"rating": 5}),
            await bob.put(path, {"comment": "Great"}),
            await bob.put(path, {}),
        ):
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_enrolled")
            assert answer.json()["message"] == (
                "Your access to this course has ended. You can delete your review but not change it."
            )
    assert (await classroom.get(path)).json()["data"]["rating"] == 1
    assert await ratings(classroom, course) == (1, 1, [1, 0, 0, 0, 0])

    assert (await bob.delete(path)).status_code == 200
    assert await ratings(classroom, course) == (0, 0, [0, 0, 0, 0, 0])
    refused = await bob.post(reviews, {"rating": 5})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_enrolled")
    assert refused.json()["message"] == "Your access to this course has ended. A review needs access."
    await shop.buy(bob, course["id"])
    await review(bob, course, 4)


async def test_an_author_changes_and_takes_back_a_review(classroom: Classroom, course: Json) -> None:
    bob = await learner(classroom, course)
    written = await review(bob, course, 2, comment="Meh")
    path = f"/reviews/{written['id']}"
    changed = (await bob.put(path, {"rating": 5})).json()["data"]
    assert (changed["rating"], changed["comment"]) == (5, "Meh")
    assert await ratings(classroom, course) == (5, 1, [0, 0, 0, 0, 1])
    assert (await bob.put(path, {"comment": None})).json()["data"]["comment"] is None
    assert (await bob.put(path, {})).status_code == 200
    assert (await bob.put(path, {"rating": None})).status_code == 422
    assert await ratings(classroom, course) == (5, 1, [0, 0, 0, 0, 1])
    assert (await bob.delete(path)).status_code == 200
    assert await ratings(classroom, course) == (0, 0, [0, 0, 0, 0, 0])
    for gone in (await bob.get(path), await bob.put(path, {"rating": 1}), await bob.delete(path)):
        assert (gone.status_code, gone.json()["error"]["code"]) == (404, "review_not_found")
    await review(bob, course, 3)
    assert await ratings(classroom, course) == (3, 1, [0, 0, 1, 0, 0])


async def test_one_person_reviews_a_course_once(classroom: Classroom, course: Json) -> None:
    bob = await learner(classroom, course)
    await review(bob, course)
    again = await bob.post(f"/courses/{course['id']}/reviews", {"rating": 1})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_reviewed")
    assert await ratings(classroom, course) == (4, 1, [0, 0, 0, 1, 0])


async def test_a_course_that_is_not_on_sale_has_no_reviews(classroom: Classroom, course: Json) -> None:
    bob, ada = await learner(classroom, course), await classroom.person("instructor")
    draft = await classroom.draft(ada)
    for gone in (draft["id"], str(uuid4())):
        assert (await bob.post(f"/courses/{gone}/reviews", {"rating": 1})).status_code == 404
        assert (await classroom.get(f"/courses/{gone}/reviews")).status_code == 404
    assert (await ada.get(f"/courses/{draft['slug']}/reviews")).json()["data"] == []
    written = await review(bob, course)
    await classroom.db.execute("UPDATE courses SET deleted_at = now()")
    assert (await classroom.get(f"/reviews/{written['id']}")).status_code == 404
    assert (await classroom.get("/reviews")).json()["data"] == []
    assert (await bob.get(f"/reviews/{written['id']}")).status_code == 200
    assert (await bob.delete(f"/reviews/{written['id']}")).status_code == 200


async def test_a_hidden_review_counts_nowhere_and_is_seen_by_its_author(classroom: Classroom, course: Json) -> None:
    bob, root = await learner(classroom, course), await classroom.person("admin")
    written = await review(bob, course)
    await classroom.db.execute("UPDATE reviews SET status = 'hidden'")
    sql = "UPDATE courses SET rating_sum = 0, rating_count = 0, rating_counts = '{0,0,0,0,0}'"
    await classroom.db.execute(sql)
    path = f"/reviews/{written['id']}"
    assert (await classroom.get(path)).status_code == 404
    assert (await bob.get(path)).json()["data"]["status"] == "hidden"
    assert (await root.get(path)).status_code == 200
    assert (await classroom.get("/reviews")).json()["data"] == []
    assert (await classroom.get(f"/courses/{course['id']}/reviews")).json()["data"] == []
    assert (await bob.put(path, {"rating": 1})).status_code == 200
    assert await ratings(classroom, course) == (0, 0, [0, 0, 0, 0, 0])
    assert (await bob.delete(path)).status_code == 200
    assert await ratings(classroom, course) == (0, 0, [0, 0, 0, 0, 0])


async def test_the_instructor_answers_and_answers_again(classroom: Classroom) -> None:
    ada = await classroom.person("instructor")
    course = await classroom.published(ada)
    written = await review(await learner(classroom, course), course)
    path = f"/reviews/{written['id']}"
    first = await ada.post(f"{path}/reply", {"reply": "Thank you"})
    assert (first.status_code, first.json()["data"]["reply"]) == (201, "Thank you")
    assert first.json()["data"]["repliedAt"].endswith("Z")
    await ada.post(f"{path}/reply", {"reply": "<b>Thanks</b> again"})
    assert (await classroom.get(path)).json()["data"]["reply"] == "<b>Thanks</b> again"
    for empty in ("", "  ", "\u200b\n", None):
        assert (await ada.post(f"{path}/reply", {"reply": empty})).status_code == 422
    await classroom.db.execute("UPDATE reviews SET status = 'hidden'")
    assert (await ada.post(f"{path}/reply", {"reply": "x"})).status_code == 404


async def test_reviews_are_listed_by_course_and_by_person(classroom: Classroom, course: Json) -> None:
    other = await classroom.published(await classroom.person("instructor"))
    bob, eve = await learner(classroom, course), await learner(classroom, course)
    await classroom.enroll(bob, other)
    bobs = [(await review(bob, course))["id"], (await review(bob, other))["id"]]
    eves = (await review(eve, course))["id"]

    async def ids(query: str) -> list[str]:
        answer = (await classroom.get(f"/reviews?{query}")).json()
        assert answer["meta"]["total"] == len(answer["data"])
        return [found["id"] for found in answer["data"]]

    assert await ids("") == [eves, bobs[1], bobs[0]]
    assert await ids(f"userId={bob.id}") == [bobs[1], bobs[0]]
    assert await ids(f"courseId={course['id']}") == [eves, bobs[0]]
    assert await ids(f"courseId={course['id']}&userId={bob.id}") == [bobs[0]]
    assert await ids(f"userId={uuid4()}") == []
    for path in ("/reviews?", f"/courses/{course['id']}/reviews?"):
        expected = [eves, bobs[1], bobs[0]] if path == "/reviews?" else [eves, bobs[0]]
        page = (await classroom.get(f"{path}limit=1")).json()
        seen = [page["data"][0]["id"]]
        while page["meta"]["nextCursor"]:
            page = (await classroom.get(f"{path}limit=1&cursor={page['meta']['nextCursor']}")).json()
            seen += [found["id"] for found in page["data"]]
        assert seen == expected
        numbered = [(await classroom.get(f"{path}limit=1&page={number}")).json() for number in (1, 2)]
        assert [page["data"][0]["id"] for page in numbered] == expected[:2]


async def test_a_cursor_of_one_list_is_none_of_another(classroom: Classroom, course: Json) -> None:
    for _ in range(2):
        await review(await learner(classroom, course), course)
    cursor = (await classroom.get("/reviews?limit=1")).json()["meta"]["nextCursor"]
    for path in (f"/reviews?courseId={course['id']}&", f"/courses/{course['id']}/reviews?"):
        answer = await classroom.get(f"{path}limit=1&cursor={cursor}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "cursor_invalid")


async def test_a_page_of_reviews_is_two_statements_however_long(
    classroom: Classroom, course: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await review(await learner(classroom, course), course)
    counted: list[Statements] = []
    monkeypatch.setattr(middleware, "Statements", lambda: counted.append(Statements()) or counted[-1])
    for path in (f"/courses/{course['id']}/reviews", f"/courses/{course['id']}/reviews?limit=1", "/reviews"):
        await classroom.get(path)
    assert [statements.count for statements in counted] == [2, 2, 1]


async def test_history_can_be_written_with_its_own_dates(
    classroom: Classroom, course: Json, database: Database
) -> None:
    bob = await learner(classroom, course)
    async with database.transaction() as (db, now):
        then = now.replace(year=2026, month=12, day=24, hour=0, minute=0, second=0, microsecond=0)
        await post_review(db, user_id=bob.id, course_id=course["id"], rating=5, comment=None, now=then)
    [found] = (await classroom.get("/reviews")).json()["data"]
    assert found["createdAt"] == "2026-12-24T00:00:00.000Z"


def test_every_list_is_composed_of_what_was_asked_for() -> None:
    assert set(FILTERS) == {"course_id", "user_id"}
    assert "before_id" not in compose_course_list(is_continued=False)
    assert "user_id = %(user_id)s" not in compose_list({"course_id"}, is_continued=True)


async def test_a_review_says_whether_the_caller_wrote_it(classroom: Classroom, course: Json) -> None:
    author, other = await learner(classroom, course), await learner(classroom, course)
    written = await review(author, course)
    assert written["mine"] is True
    await review(other, course)
    for path in (f"/courses/{course['slug']}/reviews", "/reviews"):
        own = {one["id"]: one["mine"] for one in (await author.get(path)).json()["data"]}
        assert [review_id for review_id, mine in own.items() if mine] == [written["id"]]
        assert not any(one["mine"] for one in (await classroom.get(path)).json()["data"])
    alone = f"/reviews/{written['id']}"
    assert (await author.get(alone)).json()["data"]["mine"] is True
    assert (await classroom.get(alone)).json()["data"]["mine"] is False
