"""Courses of someone who may not sell are off sale; those enrolled keep them."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from tests.support.classroom import Classroom, Json, Person, refusal

from coursify.commands.admins import add
from coursify.core.database import Database
from coursify.modules.courses.queries import courses, owners
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio

ENDS: list[Json] = [{"status": "suspended"}, {"role": "student"}]
MARKED = "SELECT count(*) FROM courses WHERE sale_suspended_at IS NOT NULL"


@pytest.fixture
async def root(classroom: Classroom) -> Person:
    return await classroom.person("admin")


@pytest.fixture
async def ada(classroom: Classroom) -> Person:
    return await classroom.person("instructor")


@pytest.fixture
async def course(classroom: Classroom, ada: Person) -> Json:
    """A course on sale, its lesson a preview."""
    draft = await classroom.draft(ada, title="Weaving")
    await classroom.lesson(ada, draft, isPreview=True)
    await ada.post(f"/courses/{draft['id']}/submit")
    answer = await (await classroom.person("admin")).post(f"/admin/courses/{draft['id']}/approve")
    assert answer.json()["data"]["saleSuspended"] is False
    return dict(answer.json()["data"])


async def change(root: Person, person: Person, **fields: str) -> str:
    answer = await root.put(f"/admin/users/{person.id}", fields)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["message"])


async def listed(classroom: Classroom) -> list[str]:
    """The slugs that the catalogue shows, by every way through it."""
    ways = [
        sorted(course["slug"] for course in (await classroom.get(f"/courses?{query}")).json()["data"])
        for query in ("", "sort=popular", "sort=price", "category=development", "search=weaving")
    ]
    assert all(way == ways[0] for way in ways)
    category = next(s for s in (await classroom.get("/categories")).json()["data"] if s["slug"] == "development")
    assert category["courseCount"] == len(ways[0])
    return ways[0]


@pytest.mark.parametrize("end", ENDS, ids=str)
async def test_courses_of_someone_who_may_not_sell_are_gone_for_strangers(
    classroom: Classroom, root: Person, ada: Person, course: Json, end: dict[str, str]
) -> None:
    lesson = (await classroom.get(f"/courses/{course['id']}")).json()["data"]["lessons"][0]
    assert await listed(classroom) == ["weaving"]
    message = await change(root, ada, **end)
    assert message == "The person is changed. 1 course is off sale now; those enrolled keep access."
    assert await listed(classroom) == []
    bob = await classroom.person("student")
    for path in (course["id"], course["slug"], f"{course['id']}/reviews", f"{course['id']}/lessons/{lesson['id']}"):
        assert (await classroom.get(f"/courses/{path}")).status_code == 404, path
        assert (await bob.get(f"/courses/{path}")).status_code == 404, path
    assert (await classroom.get("/courses/" + course["slug"])).json()["error"]["code"] == "course_not_found"


@pytest.mark.parametrize("end", ENDS, ids=str)
async def test_those_enrolled_keep_what_went_off_sale(
    classroom: Classroom, root: Person, ada: Person, course: Json, end: dict[str, str]
) -> None:
    bob = await classroom.person("student")
    await classroom.enroll(bob, course)
    review = (await bob.post(f"/courses/{course['id']}/reviews", {"rating": 4})).json()["data"]
    await change(root, ada, **end)
    for key in (course["id"], course["slug"]):
        shown = (await bob.get(f"/courses/{key}")).json()["data"]
        assert (shown["id"], shown["status"], shown["saleSuspended"]) == (course["id"], "published", True)
    [lesson] = shown["lessons"]
    assert (await bob.get(f"/courses/{course['id']}/lessons/{lesson['id']}")).status_code == 200
    [enrollment] = (await bob.get("/enrollments")).json()["data"]
    progress = await bob.put(f"/enrollments/{enrollment['id']}/progress", {"lessonId": lesson["id"], "completed": True})
    assert progress.json()["data"]["progress"] == 100
    assert (await bob.put(f"/reviews/{review['id']}", {"rating": 5})).status_code == 200
    assert [found["id"] for found in (await bob.get(f"/courses/{course['id']}/reviews")).json()["data"]] == [
        review["id"]
    ]
    assert (await classroom.get("/reviews")).json()["data"] == []

    await classroom.db.execute("UPDATE access_grants SET revoked_at = now(), reason = 'refund'")
    assert (await bob.get(f"/courses/{course['id']}")).json()["data"]["saleSuspended"] is True


async def test_owner_and_admins_see_that_a_course_is_off_sale(
    classroom: Classroom, root: Person, ada: Person, course: Json
) -> None:
    await change(root, ada, role="student")
    assert (await ada.get(f"/courses/{course['id']}")).json()["data"]["saleSuspended"] is True
    assert (await root.get(f"/courses/{course['id']}")).json()["data"]["saleSuspended"] is True
    [found] = (await root.get("/admin/courses?status=published")).json()["data"]
    assert found["saleSuspended"] is True
    await change(root, ada, role="admin")
    [own] = (await ada.get("/courses/mine")).json()["data"]
    assert own["saleSuspended"] is False


@pytest.mark.parametrize(
    ("end", "back"),
    [
        ({"status": "suspended"}, {"status": "active"}),
        ({"role": "student"}, {"role": "instructor"}),
        ({"role": "student"}, {"role": "admin"}),
    ],
    ids=str,
)
async def test_reinstating_puts_every_course_back(
    classroom: Classroom, root: Person, ada: Person, course: Json, end: dict[str, str], back: dict[str, str]
) -> None:
    """Deleted courses and drafts are not counted; what was never off sale is not said to be back."""
    await classroom.published(ada, title="Weaving twice")
    await classroom.draft(ada)
    deleted = await classroom.published(ada, title="Weaving no more")
    await ada.delete(f"/courses/{deleted['id']}")
    off = await change(root, ada, **end)
    assert off == "The person is changed. 2 courses are off sale now; those enrolled keep access."
    assert await change(root, ada, **end) == "The person is changed."
    assert await listed(classroom) == []
    assert await change(root, ada, **back) == "The person is changed. 2 courses are on sale again."
    assert await change(root, ada, **back) == "The person is changed."
    assert await listed(classroom) == ["weaving", "weaving-twice"]
    assert await classroom.rows(MARKED) == [(0,)]
    actions = await classroom.rows(
        "SELECT action, actor_id, details->>'courses' FROM audit_log WHERE action LIKE 'user.sales%%' ORDER BY id"
    )
    assert actions == [("user.sales_suspended", root.id, "2"), ("user.sales_resumed", root.id, "2")]


async def test_someone_suspended_and_demoted_sells_again_only_after_both(
    classroom: Classroom, root: Person, ada: Person, course: Json
) -> None:
    await change(root, ada, status="suspended", role="student")
    assert await change(root, ada, status="active") == "The person is changed."
    assert await listed(classroom) == []
    assert await change(root, ada, role="instructor") == "The person is changed. 1 course is on sale again."
    assert await listed(classroom) == ["weaving"]


async def test_a_course_approved_while_its_instructor_is_suspended_is_not_on_sale(
    classroom: Classroom, root: Person, ada: Person
) -> None:
    course = await classroom.pending(ada, title="Weaving")
    assert await change(root, ada, status="suspended") == "The person is changed."
    approved = (await root.post(f"/admin/courses/{course['id']}/approve")).json()["data"]
    assert (approved["status"], approved["saleSuspended"]) == ("published", True)
    assert await listed(classroom) == []
    assert "1 course is on sale again" in await change(root, ada, status="active")
    assert await listed(classroom) == ["weaving"]


async def test_an_erased_instructor_sells_nothing_from_that_moment_on(
    classroom: Classroom, root: Person, ada: Person, course: Json, run_jobs: RunJobs
) -> None:
    """Before the jobs that take the courses down have run."""
    assert (await root.delete(f"/users/{ada.id}")).status_code == 202
    assert await listed(classroom) == []
    assert (await classroom.get(f"/courses/{course['id']}")).status_code == 404
    await run_jobs()
    assert (await root.get(f"/courses/{course['id']}")).status_code == 404


async def test_the_row_for_checkout_says_whether_the_course_is_on_sale(
    classroom: Classroom, database: Database, root: Person, ada: Person, course: Json
) -> None:
    """By the instructor's own row, so that it is exact even where the mark on the course is not."""
    course_id = UUID(course["id"])

    async def is_on_sale() -> list[bool]:
        async with database.transaction() as (db, _now):
            held = await courses.hold_course(db, course_id)
            [ordered] = await courses.list_courses_for_order(db, [course_id])
            assert held
            return [held.is_on_sale, ordered.is_on_sale]

    assert await is_on_sale() == [True, True]
    for end, back in (({"status": "suspended"}, {"status": "active"}), ({"role": "student"}, {"role": "instructor"})):
        await change(root, ada, **end)
        assert await is_on_sale() == [False, False]
        await change(root, ada, **back)
        assert await is_on_sale() == [True, True]
    await classroom.db.execute("UPDATE users SET status = 'suspended' WHERE id = %s", [ada.id])
    assert await is_on_sale() == [False, False]


async def test_who_holds_a_course_waits_for_a_suspension_and_sees_it(
    classroom: Classroom, database: Database, root: Person, ada: Person, course: Json
) -> None:
    """The suspension commits while the buyer waits for the course's lock: the buyer reads the course as it is then."""
    async with database.transaction() as (db, now):
        await db.execute("UPDATE users SET status = 'suspended' WHERE id = %s", [ada.id])
        await owners.align_sales_of(db, ada.id, now=now)

        async def buy() -> bool:
            async with database.transaction() as (other, _now):
                held = await courses.hold_course(other, UUID(course["id"]))
                assert held
                return held.is_on_sale

        waiting = asyncio.create_task(buy())
        await asyncio.sleep(0.3)
        assert not waiting.done()
    assert await waiting is False


async def test_a_course_begun_during_a_demotion_is_refused(
    classroom: Classroom, database: Database, ada: Person
) -> None:
    """The row of the instructor is locked: there is no course that the demotion did not see."""
    body: dict[str, Any] = {"title": "A", "description": "", "price": 0, "category": "music"}
    async with database.transaction() as (db, now):
        await db.execute("UPDATE users SET role = 'student' WHERE id = %s", [ada.id])
        await owners.align_sales_of(db, ada.id, now=now)
        waiting = asyncio.create_task(ada.post("/courses", body))
        await asyncio.sleep(0.3)
        assert not waiting.done()
    assert refusal(await waiting) == (403, "forbidden")
    assert await classroom.rows("SELECT count(*) FROM courses") == [(0,)]


async def test_an_instructor_made_admin_by_command_sells_again(
    classroom: Classroom, root: Person, ada: Person, course: Json
) -> None:
    await change(root, ada, role="student")
    email = (await ada.get("/users/me")).json()["data"]["email"]
    await asyncio.to_thread(add, email)
    assert await listed(classroom) == ["weaving"]
