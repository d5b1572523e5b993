"""What a course is to the caller, in lists and alone, and what can be written out beside it."""

from __future__ import annotations

import httpx
import pytest
from tests.support.classroom import Classroom, Json, Person
from tests.support.shop import Shop

from coursify.core.counted import Statements
from coursify.core.http import middleware

pytestmark = pytest.mark.anyio


async def me_of(person: Person, course: Json) -> Json:
    """As the course alone has it; lists have the same."""
    alone = (await person.get(f"/courses/{course['slug']}")).json()["data"]["me"]
    for path in ("/courses", f"/courses?ids={course['id']}", "/courses?search=rust"):
        listed = (await person.get(path)).json()["data"]
        assert [one["me"] for one in listed if one["id"] == course["id"]] == [alone], path
    return dict(alone)


async def test_a_course_says_what_it_is_to_the_caller(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    nothing = {"enrollmentId": None, "mayLearn": False, "progress": None, "reviewId": None, "wished": False}
    assert await me_of(student, course) == nothing
    await student.put(f"/wishlist/{course['id']}")
    assert await me_of(student, course) == nothing | {"wished": True}
    paid = await shop.buy(student, course["id"])
    [enrollment_id] = paid["enrollmentIds"]
    bought = {"enrollmentId": enrollment_id, "mayLearn": True, "progress": 0, "reviewId": None, "wished": True}
    assert await me_of(student, course) == bought
    [lesson] = (await classroom.get(f"/courses/{course['id']}")).json()["data"]["lessons"]
    await student.put(f"/enrollments/{enrollment_id}/progress", {"lessonId": lesson["id"], "completed": True})
    review = (await student.post(f"/courses/{course['id']}/reviews", {"rating": 5})).json()["data"]
    assert await me_of(student, course) == bought | {"progress": 100, "reviewId": review["id"]}
    other = await classroom.person("student")
    assert await me_of(other, course) == nothing


async def test_an_ended_access_keeps_its_enrollment_and_closes_the_lessons(
    classroom: Classroom, student: Person, course: Json
) -> None:
    await classroom.enroll(student, course)
    await classroom.rows(
        "UPDATE access_grants SET revoked_at = now(), changed_at = now(), reason = 'gift taken back' RETURNING 1"
    )
    me = await me_of(student, course)
    assert (me["mayLearn"], me["progress"], me["enrollmentId"] is None) == (False, 0, False)


async def test_instructors_and_admins_may_learn_what_they_may_open(
    teacher: Person, admin: Person, course: Json
) -> None:
    for person in (teacher, admin):
        me = await me_of(person, course)
        assert (me["mayLearn"], me["enrollmentId"]) == (True, None)


async def test_only_a_signed_in_caller_gets_me_and_nobody_may_keep_it(
    classroom: Classroom, student: Person, course: Json
) -> None:
    other = await classroom.published(await classroom.person("instructor"))
    for path, count in (("/courses", 2), (f"/courses/{course['slug']}", 1), (f"/courses/{other['slug']}/related", 1)):
        anonymous, signed_in = await classroom.get(path), await student.get(path)
        for answer, has_me in ((anonymous, False), (signed_in, True)):
            data = answer.json()["data"]
            assert [("me" in one) for one in (data if isinstance(data, list) else [data])] == [has_me] * count
        assert anonymous.headers["cache-control"].startswith("public")
        assert signed_in.headers["cache-control"] == "private, no-store"
        assert {anonymous.headers["vary"], signed_in.headers["vary"]} == {"Authorization, Accept-Encoding"}
        assert "etag" not in signed_in.headers


async def test_me_of_a_page_is_one_statement_more(
    classroom: Classroom, teacher: Person, student: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        await classroom.published(teacher, title=f"Rust {number}")
    await student.get("/courses")
    counted: list[Statements] = []
    monkeypatch.setattr(middleware, "Statements", lambda: counted.append(Statements()) or counted[-1])
    await student.get("/courses")
    await student.get("/courses?expand=instructor,category")
    # The page, then me; then instructors and categories.
    assert [statements.count for statements in counted] == [2, 4]


async def test_expand_writes_out_the_instructor_and_the_category(
    classroom: Classroom, teacher: Person, course: Json
) -> None:
    await teacher.put("/users/me", {"bio": "Twenty years of Rust."})
    expected = {
        "instructor": {"id": str(teacher.id), "name": teacher.name, "bio": "Twenty years of Rust.", "avatarUrl": None},
        "category": {"slug": "development", "name": "Development"},
    }

    def expanded(answer: httpx.Response) -> Json:
        data = answer.json()["data"]
        return dict((data[0] if isinstance(data, list) else data)["expanded"])

    path = f"/courses/{course['slug']}"
    assert expanded(await classroom.get(f"{path}?expand=instructor,category")) == expected
    assert expanded(await classroom.get("/courses?expand=instructor,category")) == expected
    assert expanded(await teacher.get(f"{path}?expand=instructor")) == {"instructor": expected["instructor"]}
    assert expanded(await classroom.get(f"{path}?expand=category&expand=")) == {"category": expected["category"]}
    assert "expanded" not in (await classroom.get(f"{path}?expand=")).json()["data"]
    assert (await classroom.get(f"{path}?expand=lessons")).status_code == 422
