"""A course is completed exactly once, whatever happens to its lessons; what is read is exact before any job ran."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from tests.support.classroom import Classroom, Person, refusal

from coursify.core.deadline import Deadline
from coursify.modules.courses.services.delete_lesson import FIRST
from coursify.modules.enrollments.services.complete_course import BATCH, complete_course
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.fixture
async def course(classroom: Classroom, teacher: Person) -> Json:
    """A free course of three lessons."""
    draft = await classroom.draft(teacher, price=0)
    for number in range(3):
        await classroom.lesson(teacher, draft, title=f"Lesson {number}")
    await teacher.post(f"/courses/{draft['id']}/submit")
    admin = await classroom.person("admin")
    await admin.post(f"/admin/courses/{draft['id']}/approve")
    return dict((await classroom.get(f"/courses/{draft['id']}")).json()["data"])


async def enroll(person: Person, course: Json) -> str:
    answer = await person.post("/enrollments", {"courseId": course["id"]})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


async def read(person: Person, enrollment_id: str) -> Json:
    """The enrollment; in every answer progress 100 and `completedAt` are there together."""
    shown = dict((await person.get(f"/enrollments/{enrollment_id}")).json()["data"])
    assert (shown["progress"] == 100) == (shown["completedAt"] is not None)
    (listed,) = (await person.get("/enrollments")).json()["data"]
    assert {name: listed[name] for name in listed if name != "course"} == {
        name: shown[name] for name in shown if name != "lessons"
    }
    return shown


async def complete(person: Person, enrollment_id: str, *lesson_ids: str) -> Json:
    items = [{"lessonId": lesson_id, "completed": True} for lesson_id in lesson_ids]
    answer = await person.put(f"/enrollments/{enrollment_id}/progress", {"items": items})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


def lesson_ids(course: Json) -> list[str]:
    return [lesson["id"] for lesson in course["lessons"]]


async def stored(classroom: Classroom) -> list[tuple[Any, ...]]:
    return await classroom.rows("SELECT completed_at IS NOT NULL, certificate_code IS NOT NULL FROM enrollments")


async def test_L1_who_lacked_only_a_removed_lesson_has_completed_the_course(
    classroom: Classroom, teacher: Person, student: Person, course: Json, run_jobs: RunJobs
) -> None:
    enrollment = await enroll(student, course)
    first, second, third = lesson_ids(course)
    assert (await complete(student, enrollment, first, second))["progress"] == 66
    assert (await teacher.delete(f"/courses/{course['id']}/lessons/{third}")).status_code == 200
    before = await read(student, enrollment)
    assert (before["progress"], await stored(classroom)) == (100, [(False, False)])
    ((removed_at,),) = await classroom.rows("SELECT deleted_at FROM lessons WHERE id = %s", third)
    await run_jobs()
    after = await read(student, enrollment)
    assert await stored(classroom) == [(True, True)]
    assert after["completedAt"] == before["completedAt"]
    assert after["completedAt"][:19] == removed_at.isoformat()[:19]
    assert after["certificate"]["code"]


async def test_L2_the_last_lesson_is_a_live_one_or_none(teacher: Person, student: Person, course: Json) -> None:
    enrollment = await enroll(student, course)
    first, second, third = lesson_ids(course)
    assert (await read(student, enrollment))["lastLessonId"] is None
    await complete(student, enrollment, second)
    await complete(student, enrollment, third)
    assert (await read(student, enrollment))["lastLessonId"] == third
    for removed, then in ((third, second), (second, None)):
        await teacher.delete(f"/courses/{course['id']}/lessons/{removed}")
        assert (await read(student, enrollment))["lastLessonId"] == then
    await complete(student, enrollment, first)
    assert (await read(student, enrollment))["lastLessonId"] == first


async def test_P14_a_lesson_that_is_added_later_opens_the_course_again_and_takes_nothing_back(
    classroom: Classroom, teacher: Person, student: Person, course: Json, run_jobs: RunJobs
) -> None:
    enrollment = await enroll(student, course)
    done = await complete(student, enrollment, *lesson_ids(course))
    assert done["completedAt"] == done["firstCompletedAt"]
    added = await classroom.lesson(teacher, course, title="News")
    reopened = await read(student, enrollment)
    assert (reopened["progress"], reopened["completedAt"]) == (75, None)
    assert reopened["firstCompletedAt"] == done["firstCompletedAt"]
    assert reopened["certificate"] == done["certificate"]
    again = await complete(student, enrollment, added["id"])
    await run_jobs()
    assert (again["progress"], again["certificate"]) == (100, done["certificate"])
    assert (await read(student, enrollment))["completedAt"] == done["completedAt"]


async def test_a_new_order_of_the_lessons_changes_no_completion(
    teacher: Person, student: Person, course: Json, run_jobs: RunJobs
) -> None:
    enrollment = await enroll(student, course)
    first, second, third = lesson_ids(course)
    halfway = await complete(student, enrollment, first, second)
    await teacher.put(f"/courses/{course['id']}/lessons/order", {"lessonIds": [third, first, second]})
    await run_jobs()
    assert (await read(student, enrollment))["progress"] == halfway["progress"]


async def test_removing_a_lesson_completes_nobody_who_lacks_another_one(
    classroom: Classroom, teacher: Person, student: Person, course: Json, run_jobs: RunJobs
) -> None:
    enrollment = await enroll(student, course)
    first, _, third = lesson_ids(course)
    await complete(student, enrollment, first)
    await teacher.delete(f"/courses/{course['id']}/lessons/{third}")
    await run_jobs()
    assert (await read(student, enrollment))["progress"] == 50
    assert await stored(classroom) == [(False, False)]


async def test_the_last_lesson_of_a_draft_leaves_nobody_complete(
    classroom: Classroom, teacher: Person, student: Person, run_jobs: RunJobs
) -> None:
    draft = await classroom.draft(teacher)
    lesson = await classroom.lesson(teacher, draft)
    await classroom.enroll(student, draft)
    await teacher.delete(f"/courses/{draft['id']}/lessons/{lesson['id']}")
    await run_jobs()
    assert await stored(classroom) == [(False, False)]


async def test_E07_fifty_last_lessons_at_once_and_the_missing_one_removed_complete_once(
    classroom: Classroom, teacher: Person, student: Person, course: Json, run_jobs: RunJobs
) -> None:
    enrollment = await enroll(student, course)
    first, second, third = lesson_ids(course)
    await complete(student, enrollment, first)
    writes = [
        student.put(f"/enrollments/{enrollment}/progress", {"lessonId": second, "completed": True}) for _ in range(50)
    ]
    removal = teacher.delete(f"/courses/{course['id']}/lessons/{third}")
    answers = await asyncio.gather(*writes[:25], removal, *writes[25:], run_jobs())
    assert {answer.status_code for answer in answers[:-1]} <= {200, 503}
    await run_jobs()
    done = await read(student, enrollment)
    assert done["progress"] == 100
    assert await stored(classroom) == [(True, True)]


async def test_a_lesson_that_is_added_before_the_job_ran_takes_no_completion_back(
    classroom: Classroom, teacher: Person, student: Person, course: Json, run_jobs: RunJobs
) -> None:
    """What was shown as completed stays so; a learner who lacked another lesson is not completed by it."""
    late = await classroom.person("student")
    first, second, third = lesson_ids(course)
    enrollment, behind = await enroll(student, course), await enroll(late, course)
    for lesson in (first, second):
        await complete(student, enrollment, lesson)
    await complete(late, behind, first)
    await teacher.delete(f"/courses/{course['id']}/lessons/{third}")
    shown = await read(student, enrollment)
    assert (shown["progress"], shown["completedAt"]) == (100, shown["firstCompletedAt"])
    await classroom.lesson(teacher, course, title="One more")
    await complete(late, behind, second)
    await run_jobs()
    kept = await read(student, enrollment)
    assert (kept["completedAt"], kept["firstCompletedAt"]) == (None, shown["firstCompletedAt"])
    assert kept["certificate"] is not None
    assert (await read(late, behind))["firstCompletedAt"] is None


async def test_progress_that_commits_after_the_job_began_is_not_missed(
    classroom: Classroom, teacher: Person, student: Person, course: Json, resources: Resources
) -> None:
    """The writer saw the lesson; it is removed before the writer commits, and the job runs in between."""
    enrollment = await enroll(student, course)
    first, second, third = lesson_ids(course)
    await complete(student, enrollment, first)
    course_id = UUID(course["id"])
    async with resources.database.transaction() as (db, now):
        await db.execute("SELECT FROM enrollments WHERE id = %s FOR NO KEY UPDATE", [enrollment])
        await db.execute("INSERT INTO lesson_progress VALUES (%s, %s, %s, 0, %s)", [enrollment, second, now, now])
        await teacher.delete(f"/courses/{course['id']}/lessons/{third}")
        job = asyncio.create_task(
            complete_course(
                resources.database, course_id=course_id, after_id=FIRST, removed_at=now, deadline=Deadline.within(9)
            )
        )
        await asyncio.sleep(0.2)
        assert not job.done()
    await job
    assert await stored(classroom) == [(True, True)]


async def test_a_buyer_waits_for_no_other_learner_of_the_job(
    classroom: Classroom, course: Json, teacher: Person, resources: Resources
) -> None:
    """While the job waits for one enrollment, every other one is free."""
    learners = [await classroom.person("student") for _ in range(3)]
    for learner in learners:
        await classroom.enroll(learner, course)
    ((busy,),) = await classroom.rows("SELECT id FROM enrollments WHERE user_id = %s", learners[1].id)
    async with resources.database.transaction() as (db, now):
        await db.execute("SELECT FROM enrollments WHERE id = %s FOR NO KEY UPDATE", [busy])
        job = asyncio.create_task(
            complete_course(
                resources.database,
                course_id=UUID(course["id"]),
                after_id=FIRST,
                removed_at=now,
                deadline=Deadline.within(9),
            )
        )
        await asyncio.sleep(0.2)
        free = await classroom.rows("SELECT id FROM enrollments FOR NO KEY UPDATE SKIP LOCKED")
        assert (len(free), job.done()) == (2, False)
    await job


async def test_a_course_of_many_learners_is_completed_in_parts(
    classroom: Classroom, teacher: Person, course: Json, resources: Resources, run_jobs: RunJobs
) -> None:
    """A job that is out of time continues in a job of its own, from where it was."""
    first, second, third = lesson_ids(course)
    count = 2 * BATCH + 1
    await add_learners(classroom, course["id"], [first, second], count)
    await teacher.delete(f"/courses/{course['id']}/lessons/{third}")
    await complete_course(
        resources.database,
        course_id=UUID(course["id"]),
        after_id=FIRST,
        removed_at=await resources.database.now(),
        deadline=Deadline(0),
    )
    assert await classroom.rows("SELECT count(*) FROM enrollments WHERE completed_at IS NOT NULL") == [(0,)]
    await run_jobs()
    assert await classroom.rows(
        "SELECT count(*), count(DISTINCT certificate_code) FROM enrollments WHERE completed_at IS NOT NULL"
    ) == [(count, count)]


async def add_learners(classroom: Classroom, course_id: str, done: list[str], count: int) -> None:
    """People with a grant, who have completed these lessons."""
    await classroom.db.execute(
        """
        WITH people AS (
            INSERT INTO users (email, email_canonical, name, password_hash, role, sessions_valid_after,
                               created_at, updated_at)
            SELECT address, address, 'Learner', 'x', 'student', now(), now(), now()
            FROM generate_series(1, %(count)s) AS n, format('learner%%s@example.com', n) AS address RETURNING id
        ), places AS (
            INSERT INTO enrollments (user_id, course_id, enrolled_at)
            SELECT id, %(course_id)s, now() FROM people RETURNING id
        ), grants AS (
            INSERT INTO access_grants (enrollment_id, source_type, source_id, granted_at)
            SELECT id, 'admin', uuidv7(), now() FROM places
        )
        INSERT INTO lesson_progress (enrollment_id, lesson_id, completed_at, updated_at)
        SELECT places.id, lesson_id, now(), now() FROM places, unnest(%(done)s::uuid[]) AS lesson_id
        """,
        {"course_id": course_id, "done": done, "count": count},
    )


async def test_E08_progress_and_completion_are_kept_when_access_ends(
    classroom: Classroom, student: Person, course: Json
) -> None:
    enrollment = await enroll(student, course)
    done = await complete(student, enrollment, *lesson_ids(course))
    await classroom.db.execute("UPDATE access_grants SET revoked_at = now(), reason = 'refund', changed_at = now()")
    closed = await student.get(f"/courses/{course['id']}/lessons/{lesson_ids(course)[0]}")
    assert refusal(closed)[0] == 403
    after = await read(student, enrollment)
    assert (after["status"], after["progress"], after["completedAt"]) == ("revoked", 100, done["completedAt"])


async def test_E12_a_completion_has_the_time_of_the_server(student: Person, course: Json) -> None:
    enrollment = await enroll(student, course)
    items = [{"lessonId": lesson_id, "completed": True} for lesson_id in lesson_ids(course)]
    path = f"/enrollments/{enrollment}/progress"
    dated = await student.put(path, {"items": items, "completedAt": "2099-01-01T00:00:00Z"})
    assert dated.status_code == 422
    answer = await student.put(path, {"items": items}, headers={"Date": "Thu, 01 Jan 2099 00:00:00 GMT"})
    done = answer.json()["data"]
    assert done["completedAt"] < "2098"
    assert all(lesson["completedAt"] < "2098" for lesson in done["lessons"])
