"""The work list, the inbox, the jobs and the emails: what they show, and what an admin does there."""

from __future__ import annotations

from typing import Any, get_args
from uuid import uuid4

import pytest
from tests.support.classroom import Classroom, Person, refusal
from tests.support.failed_jobs import failed_job, note_failure
from tests.support.hostile_school import HOSTILE
from tests.support.shop import Shop
from tests.support.visitor import Visitor, text_of

from coursify.core import jobs
from coursify.core.counted import Statements
from coursify.core.errors import Unavailable
from coursify.core.http import middleware
from coursify.modules.attention.models import ACTIONS, Action
from coursify.pages.admin.attention_texts import DONE, EFFECTS, LABELS

pytestmark = pytest.mark.anyio

PAGES = ("/admin/attention", "/admin/webhook-events", "/admin/jobs", "/admin/emails")


@pytest.fixture
async def boss(classroom: Classroom) -> Person:
    return await classroom.person("admin")


@pytest.fixture
async def desk(classroom: Classroom, boss: Person) -> Visitor:
    return await Visitor(classroom.client).signed_in(boss)


async def actions_of(classroom: Classroom) -> list[str]:
    return [action for (action,) in await classroom.rows("SELECT action FROM audit_log ORDER BY id")]


async def test_a_failed_job_is_shown_with_its_error_and_retried(
    desk: Visitor, boss: Person, classroom: Classroom, shop: Shop
) -> None:
    job_id = await failed_job(classroom)
    await note_failure(classroom, job_id, HOSTILE)
    listed = text_of(await desk.read("/admin/jobs?status=failed&kind="))
    assert "payments.recheck_payment" in listed
    assert "Unavailable" in listed
    assert "Job failed" in text_of(await desk.read("/admin/attention"))
    shown = await desk.read(f"/admin/jobs/{job_id}")
    assert "failed_jobs.py" in shown, "the line of code"
    assert "onerror" not in shown, "messages may quote personal data"
    answer = await desk.send(f"/admin/jobs/{job_id}/retry")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/jobs")
    assert f"Job {job_id}, payments.recheck_payment, is queued again." in text_of(await desk.read("/admin/jobs"))
    again = await desk.send(f"/admin/jobs/{job_id}/retry")
    assert (again.status_code, "Only a failed job can be retried" in again.text) == (409, True)
    assert await classroom.rows("SELECT status::text FROM procrastinate_jobs WHERE id = %s", job_id) == [("todo",)]
    assert await classroom.rows("SELECT resolution, resolved_by FROM attention_items") == [("retry", boss.id)]
    assert (await actions_of(classroom)).count("job.retry") == 1
    assert (await desk.get("/admin/jobs/99999999")).status_code == 404
    assert (await desk.get(f"/admin/jobs/{2**63}")).status_code == 404


async def test_the_error_of_a_job_that_fails_is_kept(
    desk: Visitor, classroom: Classroom, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise Unavailable(HOSTILE)

    monkeypatch.setattr("coursify.modules.payments.jobs.recheck_payment", fail)
    async with shop.resources.database.transaction() as (db, _now):
        await jobs.defer(db, "payments.recheck_payment", payment_id=uuid4())
    await shop.run_jobs()
    ((job_id, attempt, kind),) = await classroom.rows("SELECT job_id, attempt, error ->> 'type' FROM job_failures")
    assert (attempt, kind) == (1, "Unavailable")
    shown = text_of(await desk.read(f"/admin/jobs/{job_id}"))
    assert "Error of run 1: Unavailable" in shown
    assert "The run failed; another one is planned" in shown
    # Due at once; it succeeds now, and its error is deleted with it.
    monkeypatch.undo()
    await classroom.rows("UPDATE procrastinate_jobs SET scheduled_at = now() RETURNING 1")
    await shop.run_jobs()


async def test_the_api_lists_jobs_and_retries_one(classroom: Classroom, boss: Person) -> None:
    made = [await failed_job(classroom) for _ in range(3)]
    page = (await boss.get("/admin/jobs", params={"limit": 2, "status": "failed"})).json()
    assert [job["id"] for job in page["data"]] == made[:0:-1]
    rest = await boss.get("/admin/jobs", params={"limit": 2, "status": "failed", "cursor": page["meta"]["nextCursor"]})
    assert [job["id"] for job in rest.json()["data"]] == made[:1]
    assert page["data"][0].keys() == {
        *("id", "kind", "queue", "status", "attempts", "arguments"),
        *("scheduledAt", "createdAt", "changedAt", "lastError"),
    }
    retried = await boss.post(f"/admin/jobs/{made[0]}/retry")
    assert (retried.status_code, retried.json()["data"]["status"]) == (202, "queued")
    assert refusal(await boss.post(f"/admin/jobs/{made[0]}/retry")) == (409, "job_not_failed")
    assert refusal(await boss.post("/admin/jobs/9999999/retry")) == (404, "job_not_found")
    assert (await boss.post(f"/admin/jobs/{2**70}/retry")).status_code == 404
    student = await classroom.person("student")
    assert (await student.get("/admin/jobs")).status_code == 403
    assert (await student.post(f"/admin/jobs/{made[1]}/retry")).status_code == 403


@pytest.mark.slow
async def test_an_event_is_replayed_and_shows_what_it_did(desk: Visitor, classroom: Classroom, shop: Shop) -> None:
    teacher, student = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(teacher)
    payment = await shop.buy(student, course["id"])
    ((event_id,),) = await classroom.rows("SELECT id FROM provider_events WHERE type = 'payment_intent.succeeded'")
    assert "payment_intent.succeeded" in await desk.read("/admin/webhook-events?state=applied")
    assert "No event is failed" in await desk.read("/admin/webhook-events?state=failed")
    shown = await desk.read(f"/admin/webhook-events/{event_id}")
    assert f"/admin/payments/{payment['id']}" in shown
    assert "payment_intent.created" in shown, "what else was reported about the object"
    before = await classroom.rows("SELECT count(*) FROM ledger_entries")
    assert (await desk.send(f"/admin/webhook-events/{event_id}/replay")).status_code == 303
    assert await classroom.rows("SELECT state FROM provider_events WHERE id = %s", event_id) == [("received",)]
    await shop.run_jobs()
    assert "nothing new" in text_of(await desk.read(f"/admin/webhook-events/{event_id}"))
    assert await classroom.rows("SELECT count(*) FROM ledger_entries") == before
    assert "event.replay" in await actions_of(classroom)
    assert (await desk.get(f"/admin/webhook-events/{uuid4()}")).status_code == 404


async def test_an_email_that_failed_is_sent_again(
    desk: Visitor, boss: Person, classroom: Classroom, shop: Shop
) -> None:
    await shop.run_jobs()
    await classroom.rows(
        "UPDATE email_deliveries SET state = 'failed', reason = %s, settled_at = now() WHERE user_id = %s RETURNING 1",
        HOSTILE,
        boss.id,
    )
    listed = await desk.read(f"/admin/emails?state=failed&userId={boss.id}")
    assert (boss.name in text_of(listed), HOSTILE in text_of(listed)) == (True, True)
    ((delivery_id, kind),) = await classroom.rows(
        "SELECT id, kind FROM email_deliveries WHERE user_id = %s LIMIT 1", boss.id
    )
    assert "Email failed" in text_of(await desk.read("/admin/attention"))
    shown = text_of(await desk.read(f"/admin/emails/{delivery_id}"))
    assert kind.replace("_", " ").capitalize() in shown
    assert (await desk.send(f"/admin/emails/{delivery_id}/resend")).status_code == 303
    again = await desk.send(f"/admin/emails/{delivery_id}/resend")
    assert (again.status_code, "can be sent again" in again.text) == (409, True)
    await shop.run_jobs()
    assert "The provider of emails has accepted it." in text_of(await desk.read(f"/admin/emails/{delivery_id}"))
    assert await classroom.rows("SELECT resolution FROM attention_items WHERE object_id = %s", str(delivery_id)) == [
        ("retry",)
    ]
    assert "email.resend" in await actions_of(classroom)


def test_every_action_has_a_name_and_says_what_it_does() -> None:
    assert set(EFFECTS) == {(kind, action) for kind, actions in ACTIONS.items() for action in actions}
    assert set(LABELS) == set(DONE) == set(get_args(Action))


async def test_an_item_is_confirmed_before_anything_happens(desk: Visitor, classroom: Classroom) -> None:
    ((item_id,),) = await classroom.rows(
        """
        INSERT INTO attention_items (kind, object_type, object_id, why, since, updated_at)
        VALUES ('paid_twice', 'payment', %s, %s, now(), now()) RETURNING id
        """,
        str(uuid4()),
        HOSTILE,
    )
    listed = await desk.read("/admin/attention?kind=paid_twice")
    assert (HOSTILE in text_of(listed), "<img src=x" in listed) == (True, False)
    assert "dealt with elsewhere" in text_of(await desk.read(f"/admin/attention/{item_id}"))
    assert (await desk.get(f"/admin/attention/{item_id}/retry")).status_code == 409
    assert (await desk.get(f"/admin/attention/{item_id}/explode")).status_code == 404
    await desk.read(f"/admin/attention/{item_id}/dismiss")
    long = await desk.send(f"/admin/attention/{item_id}/dismiss", note="x" * 501)
    assert (long.status_code, "x" * 501 in long.text) == (422, True), "what was typed is kept"
    assert (await desk.send(f"/admin/attention/{item_id}/dismiss", note=HOSTILE)).status_code == 303
    assert await classroom.rows("SELECT resolution, note FROM attention_items") == [("dismiss", HOSTILE)]
    assert "attention.dismiss" in await actions_of(classroom)
    boss = (await classroom.rows("SELECT name FROM users WHERE role = 'admin'"))[0][0]
    shown = text_of(await desk.read(f"/admin/attention/{item_id}"))
    assert f"How {LABELS['dismiss']}, by {boss} Note {HOSTILE}" in shown
    listed = text_of(await desk.read("/admin/attention?state=resolved"))
    assert f"{LABELS['dismiss']} by {boss} {HOSTILE}" in listed
    assert "Nothing was resolved" in await desk.read("/admin/attention?state=resolved&kind=job_failed")
    assert "All done" in await desk.read("/admin/attention")
    assert (await desk.send(f"/admin/attention/{item_id}/dismiss")).status_code == 409


async def test_only_admins_come_here_and_only_with_a_form_of_ours(desk: Visitor, classroom: Classroom) -> None:
    job_id = await failed_job(classroom)
    student = await Visitor(classroom.client).signed_in(await classroom.person("student"))
    for path in PAGES:
        assert (await student.get(path)).status_code == 403, path
        assert (await Visitor(classroom.client).get(path)).status_code == 303, path
    assert (await student.send(f"/admin/jobs/{job_id}/retry")).status_code == 403
    for token in ("", "made-up", student.token):
        assert (await desk.send(f"/admin/jobs/{job_id}/retry", token)).status_code == 403
    assert await classroom.rows("SELECT status::text FROM procrastinate_jobs WHERE id = %s", job_id) == [("failed",)]


@pytest.mark.slow
async def test_a_page_takes_the_same_statements_however_much_there_is(
    desk: Visitor, classroom: Classroom, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = await classroom.person("instructor")
    course = await classroom.published(teacher)
    counted: list[Statements] = []

    class Kept(Statements):
        def __init__(self) -> None:
            super().__init__()
            counted.append(self)

    monkeypatch.setattr(middleware, "Statements", Kept)

    async def counts() -> list[int]:
        found = []
        for path in PAGES:
            counted.clear()
            await desk.read(path)
            found.append(counted[-1].count)
        return found

    await desk.read("/admin/jobs")
    await shop.buy(await classroom.person("student"), course["id"])
    await failed_job(classroom)
    few = await counts()
    for _ in range(2):
        await shop.buy(await classroom.person("student"), course["id"])
        await failed_job(classroom)
    assert await counts() == few
    assert max(few) <= 7, few
