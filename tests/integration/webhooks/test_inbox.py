"""The inbox: what is signed is stored once before it is acknowledged; what is not signed costs nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from tests.support import gate
from tests.support.classroom import PREFIX, Classroom, Person
from tests.support.shop import Shop

from coursify.core import database

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
WEBHOOK = PREFIX + "/payments/webhook"


@pytest.fixture
async def course(classroom: Classroom) -> Json:
    return await classroom.published(await classroom.person("instructor"))


async def stored(classroom: Classroom) -> list[tuple[Any, ...]]:
    return await classroom.rows("SELECT state, count(*) FROM provider_events GROUP BY state ORDER BY state")


@pytest.mark.parametrize("signature", ["", "garbage", "t=1,v1=00", "t=abc,v1=00", "v1=00", "t=99999999999,v1=ff"])
async def test_W01_what_is_not_signed_is_refused(
    client: httpx.AsyncClient, classroom: Classroom, signature: str
) -> None:
    answer = await client.post(WEBHOOK, content=b'{"id": "evt_1"}', headers={"Stripe-Signature": signature})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "signature_invalid")
    assert await stored(classroom) == []


@pytest.mark.parametrize("change", ["byte", "spacing", "gzip", "not text"])
async def test_W02_a_changed_body_is_refused(
    shop: Shop, classroom: Classroom, student: Person, course: Json, change: str
) -> None:
    await shop.start(student, course["id"])
    event = (await shop.events())[-1]
    body, headers = shop.sign(event)
    changed = {
        "byte": body.replace(b"evt_", b"evT_", 1),
        "spacing": json.dumps(event, indent=1).encode(),
        "gzip": b"\x1f\x8b" + body,
        "not text": b"\xff\xfe" + body,
    }[change]
    extra = {"Content-Encoding": "gzip"} if change == "gzip" else {}
    answer = await shop.client.post(WEBHOOK, content=changed, headers=headers | extra)
    assert answer.status_code == 400
    assert await stored(classroom) == []


@pytest.mark.parametrize("seconds", [-360, 360])
async def test_W03_a_stale_or_future_signature_is_refused(
    shop: Shop, classroom: Classroom, student: Person, course: Json, seconds: int
) -> None:
    await shop.start(student, course["id"])
    body, headers = shop.sign((await shop.events())[-1], seconds=seconds)
    answer = await shop.client.post(WEBHOOK, content=body, headers=headers)
    assert answer.status_code == 400
    assert await stored(classroom) == []


async def test_W04_one_event_a_hundred_times_at_once_has_one_effect(
    shop: Shop, classroom: Classroom, student: Person, course: Json
) -> None:
    await shop.pay(student, course["id"])
    event = next(event for event in await shop.events() if event["type"] == "payment_intent.succeeded")
    answers = await asyncio.gather(*(shop.deliver(event) for _ in range(100)))
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert sum(answer.json()["data"]["isNew"] for answer in answers if answer.status_code == 200) == 1
    await shop.run_jobs()
    assert await stored(classroom) == [("applied", 1)]
    assert await classroom.rows("SELECT count(*) FROM access_grants") == [(1,)]


async def test_events_that_come_together_share_commits_and_each_has_its_job(
    shop: Shop, classroom: Classroom, student: Person, course: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.pay(student, course["id"])
    event = next(event for event in await shop.events() if event["type"] == "payment_intent.succeeded")
    commits: list[str] = []

    async def count(sql: str, _params: object) -> None:
        commits.extend([sql] if sql == "COMMIT" else [])

    monkeypatch.setattr(database, "before_statement", count)
    answers = await asyncio.gather(*(shop.deliver(event | {"id": f"evt_{number:03}"}) for number in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json()["data"]["isNew"] for answer in answers)
    assert len(commits) < len(answers) / 2
    assert await classroom.rows("SELECT count(DISTINCT event_id) FROM provider_events") == [(50,)]
    jobs = "SELECT count(DISTINCT args) FROM procrastinate_jobs WHERE task_name = 'webhooks.handle_event'"
    assert await classroom.rows(jobs) == [(50,)]


async def test_a_sender_that_leaves_takes_no_other_event_with_it(
    shop: Shop, classroom: Classroom, student: Person, course: Json
) -> None:
    await shop.pay(student, course["id"])
    event = next(event for event in await shop.events() if event["type"] == "payment_intent.succeeded")
    async with gate.pause("INSERT INTO provider_events") as storing:
        first, *others = [asyncio.create_task(shop.deliver(event | {"id": f"evt_{number}"})) for number in range(10)]
        await storing.reached()
        first.cancel()
        storing.release()
        assert {answer.status_code for answer in await asyncio.gather(*others)} == {200}
    assert await stored(classroom) == [("received", 10)]


async def test_W05_an_event_of_no_concern_is_stored_and_ignored(
    shop: Shop, classroom: Classroom, student: Person, course: Json
) -> None:
    await shop.start(student, course["id"])
    event = next(event for event in await shop.events() if event["type"].startswith("customer."))
    answer = await shop.deliver(event | {"unheard_of": 1, "api_version": "2099-01-01.later", "type": "thing.happened"})
    assert answer.status_code == 200
    await shop.run_jobs()
    assert await stored(classroom) == [("ignored", 1)]


async def test_an_event_about_another_products_intent_is_put_aside(shop: Shop, classroom: Classroom) -> None:
    intent = await shop.foreign_intent()
    event = next(event for event in await shop.events() if event["data"]["object"]["id"] == intent)
    assert (await shop.deliver(event | {"type": "payment_intent.succeeded"})).status_code == 200
    await shop.run_jobs()
    assert await stored(classroom) == [("foreign", 1)]


async def test_W12_the_door_takes_only_posts(client: httpx.AsyncClient) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = await client.request(method, WEBHOOK)
        assert answer.status_code == 405, method
        assert "POST" in answer.headers["Allow"]
        assert answer.json()["error"]["code"] == "method_not_allowed"


async def test_W14_what_the_events_body_says_is_only_a_hint(
    shop: Shop, classroom: Classroom, student: Person, course: Json
) -> None:
    checkout = (await shop.start(student, course["id"])).json()["data"]
    event = (await shop.events())[-1]
    event["type"] = "payment_intent.succeeded"
    event["data"]["object"] |= {
        "object": "payment_intent",
        "id": checkout["payment"]["transactionId"],
        "status": "succeeded",
        "amount_received": 4900,
    }
    assert (await shop.deliver(event)).status_code == 200
    await shop.run_jobs()
    assert await classroom.rows("SELECT count(*) FROM access_grants") == [(0,)]


async def test_a_live_event_is_refused_by_a_test_installation(
    shop: Shop, classroom: Classroom, student: Person, course: Json
) -> None:
    await shop.start(student, course["id"])
    event = (await shop.events())[-1]
    assert (await shop.deliver(event | {"livemode": True})).status_code == 400
    assert await stored(classroom) == []


async def test_what_webhooks_did_not_tell_the_reconciler_finds(
    shop: Shop, classroom: Classroom, student: Person, course: Json
) -> None:
    await shop.pay(student, course["id"])
    await shop.reconcile()
    await shop.run_jobs()
    assert await classroom.rows("SELECT status FROM orders") == [("paid",)]
    before = await stored(classroom)
    await shop.reconcile()
    await shop.run_jobs()
    assert await stored(classroom) == before


async def test_what_an_event_said_is_not_stored(
    shop: Shop, classroom: Classroom, student: Person, course: Json
) -> None:
    await shop.pay(student, course["id"])
    await shop.deliver_all()
    stored_text = str(await classroom.rows("SELECT * FROM provider_events"))
    assert "payment_intent.succeeded" in stored_text
    assert "example.com" not in stored_text
    assert "client_secret" not in stored_text
