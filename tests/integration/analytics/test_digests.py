"""The weekly digest: for those who switched it on, once a week, when something happened."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from tests.support.classroom import Classroom, Json, Person
from tests.support.mailbox import Mailbox
from tests.support.shop import Shop
from tests.support.statistics import refresh

from coursify.core.deadline import Deadline
from coursify.modules.analytics.jobs import begin_digests
from coursify.modules.analytics.services.send_digests import FIRST, send_digests
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio
DAY = 86_400


def digests(mailbox: Mailbox) -> dict[str, Json]:
    found = [email for email in mailbox.messages() if email["messageKey"].startswith("weekly_digest:")]
    assert len({email["messageKey"] for email in found}) == len(found)
    return {email["messageKey"].split(":")[1]: email for email in found}


async def test_the_digest_has_the_week_of_its_reader(
    classroom: Classroom,
    teacher: Person,
    student: Person,
    course: Json,
    shop: Shop,
    mailbox: Mailbox,
    resources: Resources,
    run_jobs: RunJobs,
    clock_file: Path,
) -> None:
    idle = await classroom.person("student")
    for person in (teacher, student, idle):
        await person.put("/users/me/notifications", {"digest": True})
    buyer_without = await classroom.person("student")
    for buyer in (student, buyer_without):
        await shop.buy(buyer, course["id"])
    await student.post(f"/courses/{course['id']}/reviews", {"rating": 5})
    await classroom.lesson(teacher, course, title="Traits")
    clock_file.write_text(str(DAY))
    await refresh(resources)
    for _ in range(2):
        await begin_digests(resources)
    await run_jobs()

    found = digests(mailbox)
    assert set(found) == {str(teacher.id), str(student.id)}
    taught = found[str(teacher.id)]["text"]
    assert "- Sold for 100.00 USD; your share 70.00 USD\n- Enrollments: 2\n- Reviews: 1\n" in taught
    assert f"- {course['title']}: 2 new enrollments, 1 new review\n" in taught
    assert "New lessons" not in taught
    learned = found[str(student.id)]
    assert "- Rust in practice: 1\n" in learned["text"]
    assert "Sold" not in learned["text"]
    assert learned["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = learned["headers"]["List-Unsubscribe"].removeprefix("<http://testserver").removesuffix(">")
    answer = await classroom.client.post(link, data={"List-Unsubscribe": "One-Click"})
    assert "no more emails with the weekly digest" in answer.text
    chosen = await classroom.rows(
        "SELECT course_news, digest FROM notification_preferences WHERE user_id = %s", student.id
    )
    assert chosen == [(True, False)]


async def test_a_job_without_time_left_continues_where_it_stopped(
    classroom: Classroom, student: Person, resources: Resources, run_jobs: RunJobs
) -> None:
    await student.put("/users/me/notifications", {"digest": True})
    await send_digests(resources.database, week=202648, after_id=FIRST, deadline=Deadline.within(0))
    assert await classroom.rows("SELECT 1 FROM email_deliveries WHERE kind = 'weekly_digest'") == []
    await run_jobs()
    kept = await classroom.rows("SELECT message_key, state FROM email_deliveries WHERE kind = 'weekly_digest'")
    assert kept == [(f"weekly_digest:{student.id}:202648", "suppressed")]
    await send_digests(resources.database, week=202649, after_id=UUID(int=2**128 - 1), deadline=Deadline.within(30))
    assert await classroom.rows("SELECT count(*) FROM email_deliveries WHERE kind = 'weekly_digest'") == [(1,)]
