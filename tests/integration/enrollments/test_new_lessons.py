"""The learners of a published course hear of new lessons together, once a day at most."""

from __future__ import annotations

import asyncio
import dataclasses
import os
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.support.classroom import Classroom, Json, Person
from tests.support.mailbox import Mailbox

from coursify.core.deadline import Deadline
from coursify.modules.enrollments.services.announce_lessons import FIRST, announce_lessons, tell_learners
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio
MINUTE, DAY = 60, 86_400
# Four full pieces and a part of one; `make prove` tells ten thousand.
LEARNERS = 10_000 if os.environ.get("COURSIFY_PROVE") else 450


@pytest.fixture
async def learner(classroom: Classroom, course: Json) -> Person:
    person = await classroom.person("student")
    await classroom.enroll(person, course)
    return person


class Later:
    """Moves the clock, and runs the jobs that wait for a time."""

    def __init__(self, classroom: Classroom, clock_file: Path, run_jobs: RunJobs) -> None:
        self._classroom, self._clock_file, self._run_jobs = classroom, clock_file, run_jobs

    async def at(self, seconds: int) -> None:
        self._clock_file.write_text(str(seconds))
        await self._classroom.rows(
            "UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo' RETURNING 1"
        )
        await self._run_jobs()


@pytest.fixture
def later(classroom: Classroom, clock_file: Path, run_jobs: RunJobs) -> Later:
    return Later(classroom, clock_file, run_jobs)


def news(mailbox: Mailbox) -> list[Json]:
    return [email for email in mailbox.messages() if email["messageKey"].startswith("new_lessons:")]


async def signed_in_again(person: Person) -> Person:
    """The first session has ended when the clock was moved."""
    number = person.name.partition("Number")[2]
    body = {"email": f"{person.name.split()[0].lower()}{number}@example.com", "password": f"a-long-one-{number}!"}
    answer = await person.client.post("/api/v1/users/login", json=body)
    assert answer.status_code == 200, answer.text
    return dataclasses.replace(person, token=answer.json()["data"]["accessToken"])


async def told(person: Person) -> list[str]:
    again = await signed_in_again(person)
    return [row["kind"] for row in (await again.get("/notifications")).json()["data"]]


async def test_lessons_of_one_day_are_announced_together_and_the_next_ones_a_day_later(
    classroom: Classroom, teacher: Person, learner: Person, course: Json, later: Later, mailbox: Mailbox
) -> None:
    for title in ("Ownership & borrowing", "Lifetimes"):
        await classroom.lesson(teacher, course, title=title)
    assert news(mailbox) == []
    await later.at(16 * MINUTE)
    (email,) = news(mailbox)
    assert email["subject"] == "New in Rust in practice"
    assert "- Ownership & borrowing\n- Lifetimes\n" in email["text"]
    assert "<li>Ownership &amp; borrowing</li>" in email["html"]
    assert "A lesson" not in email["text"]
    assert email["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert await told(learner) == ["new_lessons"]

    await classroom.lesson(await signed_in_again(teacher), course, title="Traits")
    await later.at(40 * MINUTE)
    assert len(news(mailbox)) == 1
    await later.at(DAY + 17 * MINUTE)
    assert len(news(mailbox)) == 2
    assert "- Traits\n" in news(mailbox)[1]["text"]
    assert "Lifetimes" not in news(mailbox)[1]["text"]
    await later.at(3 * DAY)
    assert len(news(mailbox)) == 2


async def test_only_people_with_access_hear_of_it_and_only_those_who_want_get_an_email(
    classroom: Classroom, teacher: Person, learner: Person, course: Json, later: Later, mailbox: Mailbox
) -> None:
    former, silent = await classroom.person("student"), await classroom.person("student")
    for person in (former, silent):
        await classroom.enroll(person, course)
    await classroom.rows(
        "UPDATE access_grants SET revoked_at = now(), reason = 'refund' FROM enrollments "
        "WHERE enrollments.id = enrollment_id AND user_id = %s RETURNING 1",
        former.id,
    )
    await silent.put("/users/me/notifications", {"courseNews": False})
    await classroom.lesson(teacher, course, title="Traits")
    rows = "SELECT user_id FROM notifications WHERE kind = 'new_lessons'"
    await later.at(16 * MINUTE)
    assert len(news(mailbox)) == 1
    assert {user_id for (user_id,) in await classroom.rows(rows)} == {learner.id, silent.id}


async def test_a_deleted_lesson_and_a_draft_are_no_news(
    classroom: Classroom, teacher: Person, learner: Person, course: Json, later: Later, mailbox: Mailbox
) -> None:
    lesson = await classroom.lesson(teacher, course, title="Traits")
    await teacher.delete(f"/courses/{course['id']}/lessons/{lesson['id']}")
    await classroom.lesson(teacher, await classroom.draft(teacher))
    await later.at(16 * MINUTE)
    assert news(mailbox) == []
    assert await classroom.rows("SELECT 1 FROM lesson_announcements") == []


async def test_jobs_that_run_twice_or_at_once_tell_each_learner_once(
    classroom: Classroom,
    teacher: Person,
    course: Json,
    clock_file: Path,
    resources: Resources,
    run_jobs: RunJobs,
) -> None:
    for _ in range(3):
        await classroom.enroll(await classroom.person("student"), course)
    await classroom.lesson(teacher, course, title="Traits")
    clock_file.write_text(str(16 * MINUTE))

    async def announce() -> None:
        async with resources.database.transaction() as (db, now):
            await announce_lessons(db, course_id=UUID(course["id"]), now=now)

    await asyncio.gather(*(announce() for _ in range(5)))
    [(announcement_id,)] = await classroom.rows("SELECT id FROM lesson_announcements")
    await asyncio.gather(
        *(
            tell_learners(
                resources.database, announcement_id=announcement_id, after_id=FIRST, deadline=Deadline.within(30)
            )
            for _ in range(3)
        )
    )
    await run_jobs()
    assert await classroom.rows("SELECT count(*) FROM notifications WHERE kind = 'new_lessons'") == [(3,)]
    assert await classroom.rows("SELECT count(*) FROM email_deliveries WHERE kind = 'new_lessons'") == [(3,)]
    await tell_learners(resources.database, announcement_id=uuid4(), after_id=FIRST, deadline=Deadline.within(30))


async def test_a_job_without_time_left_continues_in_another_one(
    classroom: Classroom, teacher: Person, learner: Person, course: Json, clock_file: Path, resources: Resources
) -> None:
    await classroom.lesson(teacher, course, title="Traits")
    clock_file.write_text(str(16 * MINUTE))
    async with resources.database.transaction() as (db, now):
        await announce_lessons(db, course_id=UUID(course["id"]), now=now)
    [(announcement_id,)] = await classroom.rows("SELECT id FROM lesson_announcements")
    await tell_learners(
        resources.database, announcement_id=announcement_id, after_id=FIRST, deadline=Deadline.within(0)
    )
    waiting = (
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'enrollments.tell_learners' AND status = 'todo'"
    )
    assert await classroom.rows(waiting) == [(2,)]


@pytest.mark.slow
async def test_all_learners_are_told_in_pieces_while_a_buyers_rows_are_locked(
    classroom: Classroom, teacher: Person, course: Json, clock_file: Path, resources: Resources
) -> None:
    await classroom.rows(
        """
        WITH people AS (
            INSERT INTO users (name, email, email_canonical, role, sessions_valid_after, created_at, updated_at)
            SELECT 'Learner', 'l' || n || '@example.com', 'l' || n || '@example.com', 'student', now(), now(), now()
            FROM generate_series(1, %s) AS n RETURNING id
        ), enrolled AS (
            INSERT INTO enrollments (user_id, course_id, enrolled_at) SELECT id, %s, now() FROM people RETURNING id
        )
        INSERT INTO access_grants (enrollment_id, source_type, source_id, granted_at)
        SELECT id, 'admin', uuidv7(), now() FROM enrolled RETURNING 1
        """,
        LEARNERS,
        course["id"],
    )
    await classroom.lesson(teacher, course, title="Traits")
    clock_file.write_text(str(16 * MINUTE))
    async with resources.database.transaction() as (db, now):
        await announce_lessons(db, course_id=UUID(course["id"]), now=now)
    [(announcement_id,)] = await classroom.rows("SELECT id FROM lesson_announcements")
    async with classroom.db.transaction():
        # What a purchase locks: the buyer, the course's row for a counter, the enrollment.
        for table in ("users", "courses", "enrollments"):
            await classroom.db.execute(f"SELECT FROM {table} FOR NO KEY UPDATE")
        await tell_learners(
            resources.database, announcement_id=announcement_id, after_id=FIRST, deadline=Deadline.within(300)
        )
    assert await classroom.rows("SELECT count(*) FROM notifications WHERE kind = 'new_lessons'") == [(LEARNERS,)]
    assert await classroom.rows("SELECT count(*) FROM email_deliveries WHERE kind = 'new_lessons'") == [(LEARNERS,)]
