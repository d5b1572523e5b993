"""SendGrid's events: signed, stored once, and what they change."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.support.classroom import Classroom, Json, Person, refusal
from tests.support.mail_events import PATH, event_about, post_events, sign
from tests.support.mailbox import Mailbox
from tests.support.shop import Shop

from coursify.modules.webhooks.models import MUST_ARRIVE
from coursify.worker import EMAILS, RunJobs

pytestmark = pytest.mark.anyio
TABLES = ("provider_events", "suppressed_addresses", "notification_preferences", "attention_items")


def email_of(mailbox: Mailbox, kind: str) -> Json:
    return [email for email in mailbox.messages() if email["messageKey"].startswith(f"{kind}:")][-1]


@pytest.fixture
async def receipt(shop: Shop, student: Person, course: Json, mailbox: Mailbox) -> Json:
    await shop.buy(student, course["id"])
    return email_of(mailbox, "receipt")


async def contents(classroom: Classroom) -> list[Any]:
    deliveries = await classroom.rows("SELECT id, state, reason FROM email_deliveries ORDER BY id")
    return [deliveries, *[await classroom.rows(f"SELECT * FROM {table} ORDER BY 1") for table in TABLES]]


async def post(classroom: Classroom, *events: Any, new: int | None = None) -> None:
    answer = await post_events(classroom.client, *events)
    assert answer.status_code == 200, answer.text
    assert new is None or answer.json()["data"] == {"new": new}


async def work_list(admin: Person) -> list[Json]:
    return list((await admin.get("/admin/attention?kind=email_undelivered")).json()["data"])


async def answer_review(classroom: Classroom, student: Person, teacher: Person, course: Json) -> None:
    review = (await student.post(f"/courses/{course['id']}/reviews", {"rating": 4})).json()["data"]
    answer = await teacher.post(f"/reviews/{review['id']}/reply", {"reply": "Thank you."})
    assert answer.status_code == 201, answer.text


async def delivery(classroom: Classroom, kind: str) -> tuple[Any, ...]:
    [row] = await classroom.rows("SELECT state, reason FROM email_deliveries WHERE kind = %s", kind)
    return row


async def test_W18_what_is_not_signed_by_sendgrid_is_refused_and_changes_nothing(
    classroom: Classroom, receipt: Json
) -> None:
    body = json.dumps([event_about(receipt, "bounce")]).encode()
    signed = sign(body)
    name, stamp = "X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp"
    now = int(time.time())
    wrong: list[tuple[bytes, dict[str, str]]] = [
        (body, {}),
        (body, signed | {name: "AAAA"}),
        (body, signed | {name: "not base64!"}),
        (body, signed | {stamp: str(now - 1)}),
        (body, signed | {stamp: "-1"}),
        (body, signed | {stamp: "9" * 40}),
        (body + b" ", signed),
        (body.replace(b"bounce", b"dropped"), signed),
        (body, sign(body, key=ec.generate_private_key(ec.SECP256R1()))),
        (body, sign(body, at=now - 360)),
        (body, sign(body, at=now + 360)),
        (b"not json", sign(b"not json")),
    ]
    before = await contents(classroom)
    for content, headers in wrong:
        answer = await classroom.client.post(PATH, content=content, headers=headers)
        assert refusal(answer) == (400, "signature_invalid"), headers
    assert refusal(await classroom.client.post(PATH, content=b"x" * 1_100_000, headers=signed))[0] == 413
    for method in ("GET", "PUT", "DELETE"):
        assert (await classroom.client.request(method, PATH)).status_code == 405
    assert await contents(classroom) == before


async def test_an_undeliverable_receipt_is_on_the_work_list_until_it_is_sent_again(
    classroom: Classroom, admin: Person, receipt: Json, run_jobs: RunJobs, mailbox: Mailbox
) -> None:
    await post(
        classroom, event_about(receipt, "bounce", type="bounce", reason="550 5.1.1 <x@example.com> unknown"), new=1
    )
    assert await delivery(classroom, "receipt") == ("undelivered", "bounced")
    [item] = await work_list(admin)
    assert item["object"]["type"] == "email"
    assert item["actions"] == ["retry", "dismiss"]
    assert "another address" in item["why"]
    assert "@" not in item["why"]

    assert (await admin.post(f"/admin/attention/{item['id']}/retry", {})).status_code == 200
    assert await work_list(admin) == []
    await run_jobs()
    assert (await delivery(classroom, "receipt"))[0] == "accepted"
    sent = [email for email in mailbox.messages() if email["messageKey"] == receipt["messageKey"]]
    assert len(sent) == 2

    # SendGrid drops the second one: it is on the list again.
    await post(classroom, event_about(sent[1], "dropped", reason="Bounced Address"), new=1)
    assert len(await work_list(admin)) == 1


async def test_W18_an_event_that_arrives_46_times_at_once_is_applied_once(
    classroom: Classroom, admin: Person, receipt: Json
) -> None:
    event = event_about(receipt, "bounce")
    answers = await asyncio.gather(*(post_events(classroom.client, event) for _ in range(46)))
    assert {answer.status_code for answer in answers} == {200}
    assert sum(answer.json()["data"]["new"] for answer in answers) == 1
    assert len(await work_list(admin)) == 1
    assert await classroom.rows("SELECT state, attempts FROM provider_events WHERE provider = 'sendgrid'") == [
        ("applied", 1)
    ]


async def test_W18_a_report_about_an_earlier_attempt_under_another_id_changes_nothing(
    classroom: Classroom, admin: Person, receipt: Json, run_jobs: RunJobs
) -> None:
    await post(classroom, event_about(receipt, "bounce"))
    [item] = await work_list(admin)
    await admin.post(f"/admin/attention/{item['id']}/retry", {})
    await run_jobs()
    await post(classroom, event_about(receipt, "bounce"), new=1)
    assert (await delivery(classroom, "receipt"))[0] == "accepted"
    assert await work_list(admin) == []


async def test_an_address_that_bounced_gets_no_news_but_still_receipts(
    classroom: Classroom, student: Person, teacher: Person, course: Json, receipt: Json, run_jobs: RunJobs, shop: Shop
) -> None:
    await post(classroom, event_about(receipt, "bounce", email=receipt["to"].upper()))
    await answer_review(classroom, student, teacher, course)
    await run_jobs()
    state, reason = await delivery(classroom, "review_answered")
    assert (state, reason) == ("suppressed", "the address bounced, or its owner complained")
    assert (await student.get("/users/me/notifications")).json()["data"]["courseNews"] is True
    other = await classroom.published(teacher, price=700)
    await shop.buy(student, other["id"])
    states = await classroom.rows("SELECT state FROM email_deliveries WHERE kind = 'receipt' ORDER BY id")
    assert states == [("undelivered",), ("accepted",)]
    hashes = await classroom.rows("SELECT octet_length(address_hash), reason FROM suppressed_addresses")
    assert hashes == [(32, "bounce")]


async def test_a_temporary_block_marks_the_email_and_suppresses_nothing(
    classroom: Classroom, admin: Person, receipt: Json
) -> None:
    await post(classroom, event_about(receipt, "bounce", type="blocked"))
    assert len(await work_list(admin)) == 1
    assert await classroom.rows("SELECT 1 FROM suppressed_addresses") == []


async def test_a_complaint_switches_every_kind_of_news_off(
    classroom: Classroom, student: Person, admin: Person, receipt: Json
) -> None:
    await student.put("/users/me/notifications", {"digest": True})
    await post(classroom, event_about(receipt, "spamreport"))
    assert (await student.get("/users/me/notifications")).json()["data"] == {"courseNews": False, "digest": False}
    assert await classroom.rows("SELECT reason FROM suppressed_addresses") == [("complaint",)]
    # The receipt arrived.
    assert (await delivery(classroom, "receipt"))[0] == "accepted"
    assert await work_list(admin) == []


async def test_a_bounced_welcome_is_no_work_for_a_person(
    classroom: Classroom, student: Person, admin: Person, run_jobs: RunJobs, mailbox: Mailbox
) -> None:
    await run_jobs()
    welcome = next(email for email in mailbox.messages() if email["messageKey"] == f"welcome:{student.id}")
    await post(classroom, event_about(welcome, "bounce"))
    assert await work_list(admin) == []
    assert await classroom.rows("SELECT reason FROM suppressed_addresses") == [("bounce",)]


async def test_confirming_an_address_ends_its_bounce(
    classroom: Classroom, student: Person, run_jobs: RunJobs, mailbox: Mailbox
) -> None:
    await run_jobs()
    welcome = next(email for email in mailbox.messages() if email["messageKey"] == f"welcome:{student.id}")
    await post(classroom, event_about(welcome, "bounce"))
    token = welcome["text"].split("?token=")[1].split()[0]
    answer = await classroom.client.post("/api/v1/users/verify-email", json={"token": token})
    assert answer.status_code == 200, answer.text
    assert await classroom.rows("SELECT 1 FROM suppressed_addresses") == []


async def test_W05_other_events_are_stored_without_an_effect(
    classroom: Classroom, admin: Person, receipt: Json
) -> None:
    foreign = event_about(receipt, "bounce", message_key="receipt:of-another-product")
    unknown = event_about(receipt, "something_new", field={"nested": [1]})
    bare = {"sg_event_id": "bare", "event": "spamreport"}
    odd: list[Any] = [None, 1, "x", [], {}, {"event": "bounce"}, {"sg_event_id": "a\x00b", "event": "bounce"}]
    odd += [{"sg_event_id": 5, "event": "bounce"}]
    before = await contents(classroom)
    await post(classroom, event_about(receipt, "delivered"), unknown, foreign, bare, *odd, new=4)
    after = await contents(classroom)
    assert [after[0], *after[2:]] == [before[0], *before[2:]]
    states = await classroom.rows("SELECT type, state FROM provider_events WHERE provider = 'sendgrid' ORDER BY 1, 2")
    assert states == [
        ("bounce", "foreign"),
        ("delivered", "ignored"),
        ("something_new", "ignored"),
        ("spamreport", "foreign"),
    ]
    shown = (await admin.get("/admin/webhook-events")).json()["data"]
    [mail_event] = [event for event in shown if event["state"] == "foreign" and event["type"] == "bounce"]
    answer = await admin.post(f"/admin/webhook-events/{mail_event['id']}/replay")
    assert refusal(answer) == (409, "event_not_replayable")


async def test_one_request_with_a_thousand_events_is_applied_whole(
    classroom: Classroom, receipt: Json, client: httpx.AsyncClient
) -> None:
    await post(
        classroom, *(event_about(receipt, "processed") for _ in range(999)), event_about(receipt, "bounce"), new=1_000
    )
    assert (await delivery(classroom, "receipt"))[0] == "undelivered"


def test_every_email_that_must_arrive_has_a_composer() -> None:
    assert set(EMAILS) >= MUST_ARRIVE
