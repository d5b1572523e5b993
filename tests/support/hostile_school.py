"""A school in which everything that people type tries to be markup, with an example of each parameter of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.classroom import Classroom, Person
from tests.support.failed_jobs import failed_job, note_failure
from tests.support.shop import Shop

HOSTILE = "\"><img src=x onerror=alert(1)><script>alert(2)</script>{{7*1007}}'"
# Browsers encode quotes in the name of a file, and a slash ends a folder.
FILE = "<img src=x onerror=alert(1)>{{7*1007}}.txt"
Examples = dict[str, list[Any]]


@dataclass(frozen=True)
class HostileSchool:
    """`examples` are of every parameter in an address; the action is one of the item's."""

    teacher: Person
    student: Person
    examples: Examples

    @property
    def payment(self) -> str:
        return str(self.examples["payment_id"][0])

    @property
    def refund_previews(self) -> tuple[str, ...]:
        """The preview of a refund, and what it says about too large an amount."""
        return tuple(f"/admin/payments/{self.payment}/refund?what=whole&amount={amount}" for amount in ("1", "900"))


async def hostile_school(classroom: Classroom, shop: Shop) -> HostileSchool:
    """A sale with a refund, its mails and events, a course that waits, a review, a notice, a failed job and items."""
    teacher, student = await classroom.person("instructor"), await classroom.person("student")
    for person in (teacher, student):
        assert (await person.put("/users/me", {"name": HOSTILE, "bio": HOSTILE})).status_code == 200
    course = await classroom.draft(teacher, title=HOSTILE, subtitle=HOSTILE, description=HOSTILE, outcomes=[HOSTILE])
    lesson = await classroom.lesson(teacher, course, title=HOSTILE, content=HOSTILE)
    place = f"/courses/{course['id']}/lessons/{lesson['id']}/attachments"
    file = (FILE, b"words", "text/plain")
    assert (await teacher.post(place, files={"file": file})).status_code == 201
    await classroom.curriculum(teacher, course, (HOSTILE, [lesson["id"]]))
    assert (await teacher.post(f"/courses/{course['id']}/submit")).status_code == 200
    admin = await classroom.person("admin")
    assert (await admin.post(f"/admin/courses/{course['id']}/approve")).status_code == 200
    payment = await shop.buy(student, course["id"])
    assert (await shop.refund(admin, payment["id"], amount=1_000, reason=HOSTILE)).status_code == 202
    await shop.settle()
    waiting = await classroom.pending(
        teacher,
        title=HOSTILE,
        subtitle=HOSTILE,
        description=f"<p>{HOSTILE}</p>",
        requirements=[HOSTILE],
        outcomes=[HOSTILE],
    )
    rejected = await classroom.pending(teacher, title=HOSTILE)
    assert (await admin.post(f"/admin/courses/{rejected['id']}/reject", {"reason": HOSTILE})).status_code == 200
    review_id = await _review(teacher, student, course["id"])
    examples = {
        "course_id": [waiting["id"], course["id"], rejected["id"]],
        "user_id": [teacher.id, student.id],
        "review_id": [review_id],
        "notice_id": [await _notice(student, review_id)],
        "payment_id": [payment["id"]],
        **await _operations(classroom, payment["id"]),
    }
    return HostileSchool(teacher, student, examples)


async def _review(teacher: Person, student: Person, course_id: str) -> str:
    """With an answer and a report."""
    posted = await student.post(f"/courses/{course_id}/reviews", {"rating": 2, "comment": HOSTILE})
    assert posted.status_code == 201, posted.text
    review_id = str(posted.json()["data"]["id"])
    assert (await teacher.post(f"/reviews/{review_id}/reply", {"reply": HOSTILE})).status_code in {200, 201}
    reported = await teacher.post(f"/reviews/{review_id}/report", {"reason": "abuse", "comment": HOSTILE})
    assert reported.status_code == 202, reported.text
    return review_id


async def _notice(person: Person, review_id: str) -> str:
    subject = {"type": "review", "id": review_id}
    answer = await person.post("/notices", {"subject": subject, "reason": "abuse", "text": HOSTILE})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["data"]["id"])


async def _operations(classroom: Classroom, payment_id: str) -> Examples:
    """What a fault leaves behind: a job, an event, an email and an item of the work list."""
    job_id = await failed_job(classroom)
    await note_failure(classroom, job_id, HOSTILE)
    events = await classroom.rows(
        "UPDATE provider_events SET reason = %s WHERE type = 'payment_intent.succeeded' RETURNING id", HOSTILE
    )
    deliveries = await classroom.rows(
        """
        UPDATE email_deliveries SET state = 'failed', reason = %s, settled_at = now() WHERE kind = 'receipt'
        RETURNING id
        """,
        HOSTILE,
    )
    items = await classroom.rows(
        """
        INSERT INTO attention_items (kind, object_type, object_id, why, since, updated_at)
        VALUES ('paid_twice', 'payment', %s, %s, now(), now()) RETURNING id
        """,
        payment_id,
        HOSTILE,
    )
    assert events, "no event"
    assert deliveries, "no email"
    return {
        "job_id": [job_id],
        "event_key": [events[0][0]],
        "delivery_id": [deliveries[0][0]],
        "item_id": [items[0][0]],
        "action": ["dismiss"],
    }
