"""What becomes of an event: applied, foreign, parked, failed; the word in the database is what happened."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from tests.support.books import assert_sound, open_items
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop, new_key
from tests.support.work_list import act, items, the_item

from coursify.modules.payments.gateway import ProviderUnavailable
from coursify.modules.webhooks.models import PARKING
from coursify.modules.webhooks.services.handle_event import handle_event

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def states(classroom: Classroom) -> dict[str, int]:
    return dict(await classroom.rows("SELECT state, count(*) FROM provider_events GROUP BY state"))


async def deliver_of(shop: Shop, object_id: str, *types: str) -> None:
    """Deliver what the provider tells of one object, or only some kinds of it."""
    for event in await shop.events():
        if object_id in str(event["data"]["object"]) and (not types or event["type"] in types):
            assert (await shop.deliver(event)).status_code == 200


async def hurry(classroom: Classroom) -> None:
    """What waits for later is due now."""
    await classroom.db.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL WHERE status = 'todo'")


async def test_what_concerns_another_product_on_the_account_is_fetched_once_and_put_aside(
    classroom: Classroom, shop: Shop
) -> None:
    intent = await shop.foreign_intent()
    shop.standin.settle_intent(intent, "succeeded")
    shop.standin.open_refund(intent, amount=100)
    shop.standin.settle_dispute(shop.standin.open_dispute(intent)["id"], "lost")
    asked = len(shop.standin.control("GET", "calls")["calls"])
    await shop.deliver_all()
    await shop.run_jobs()
    calls = Counter(call["path"] for call in shop.standin.control("GET", "calls")["calls"][asked:])
    fetched = [path for path in calls if not path.startswith("/v1/events")]
    assert {path.split("/")[2] for path in fetched} == {"payment_intents", "refunds", "disputes"}

    assert set(await states(classroom)) == {"foreign", "ignored"}
    assert await open_items(classroom) == []
    before = sum(calls.values())
    await shop.run_jobs()
    assert len(shop.standin.control("GET", "calls")["calls"][asked:]) == before
    await shop.reconcile()
    assert set(await states(classroom)) == {"foreign", "ignored"}


async def lose_the_answer_to_checkout(shop: Shop, student: Person, course: Json) -> str:
    """The provider made our intent and we do not know it; its id."""
    shop.standin.set_faults(rules=[{"on": "POST /v1/payment_intents", "applied_unanswered": 1.0}])
    assert (await shop.start(student, course["id"])).status_code == 503
    shop.standin.set_faults()
    (intent,) = shop.standin.ledger()["payment_intents"]
    return str(intent["id"])


@pytest.mark.usefixtures("short_stripe_timeout")
async def test_an_event_about_an_intent_that_we_are_about_to_record_waits_for_it(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    intent = await lose_the_answer_to_checkout(shop, student, course)
    shop.standin.settle_intent(intent, "processing")
    await deliver_of(shop, intent, "payment_intent.processing")
    await shop.run_jobs()
    assert await states(classroom) == {"parked": 1}
    assert await open_items(classroom) == []

    assert (await shop.start(student, course["id"])).status_code == 200
    await hurry(classroom)
    await shop.run_jobs()
    assert await states(classroom) == {"applied": 1}
    assert await classroom.rows("SELECT intent_status FROM payments") == [("processing",)]


@pytest.mark.usefixtures("short_stripe_timeout")
async def test_an_event_that_cannot_be_applied_comes_before_a_person_who_can_replay_it(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    intent = await lose_the_answer_to_checkout(shop, student, course)
    shop.standin.settle_intent(intent, "succeeded")
    await deliver_of(shop, intent, "payment_intent.succeeded")
    for _ in range(len(PARKING)):
        await shop.run_jobs()
        assert await states(classroom) == {"parked": 1}
        await hurry(classroom)
    await shop.run_jobs()
    assert await states(classroom) == {"failed": 1}
    item = await the_item(admin, "event_failed")
    assert item["object"]["type"] == "event"
    assert item["actions"] == ["replay", "dismiss"]
    assert intent in item["why"]

    assert (await shop.start(student, course["id"])).status_code == 200
    assert (await act(admin, item, "replay")).status_code == 200
    await shop.run_jobs()
    assert await states(classroom) == {"applied": 1}
    assert await items(admin) == []
    assert await classroom.rows("SELECT status FROM orders") == [("paid",)]
    await shop.settle()
    await assert_sound(shop, classroom)


async def test_an_event_that_is_replayed_in_vain_comes_back(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    checkout = await shop.pay(student, course["id"])
    shop.standin.forget(checkout["payment"]["transactionId"])
    await deliver_of(shop, checkout["payment"]["transactionId"], "payment_intent.succeeded")
    for _ in range(2):
        for _attempt in range(len(PARKING) + 1):
            await shop.run_jobs()
            await hurry(classroom)
        item = await the_item(admin, "event_failed")
        assert "resource_missing" in item["why"]
        assert (await act(admin, item, "replay")).status_code == 200


async def test_one_poisoned_event_keeps_no_other_waiting(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    poisoned = await shop.pay(student, course["id"])
    other = await classroom.person("student")
    paid = await shop.pay(other, course["id"])
    shop.standin.forget(poisoned["payment"]["transactionId"])
    await shop.deliver_all()
    await shop.run_jobs()
    assert (await states(classroom))["parked"] >= 1
    assert (await other.get(f"/payments/{paid['payment']['id']}")).json()["data"]["status"] == "succeeded"


async def test_while_the_provider_is_down_an_event_stays_received_and_is_applied_later(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    checkout = await shop.pay(student, course["id"])
    await deliver_of(shop, checkout["payment"]["transactionId"], "payment_intent.succeeded")
    shop.standin.set_faults(server_error=1.0)
    await shop.run_jobs()
    assert await states(classroom) == {"received": 1}
    shop.standin.set_faults()
    await hurry(classroom)
    await shop.run_jobs()
    assert await states(classroom) == {"applied": 1}
    assert await classroom.rows("SELECT status FROM orders") == [("paid",)]


async def test_an_event_whose_effect_could_not_be_stored_is_not_applied(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    checkout = await shop.pay(student, course["id"])
    await deliver_of(shop, checkout["payment"]["transactionId"], "payment_intent.succeeded")
    await classroom.db.execute(
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = 'check_violation'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON access_grants FOR EACH ROW EXECUTE FUNCTION refuse()
        """
    )
    try:
        await shop.run_jobs()
        assert await states(classroom) == {"received": 1}
        assert await classroom.rows("SELECT status FROM orders") == [("payable",)]
        assert await classroom.rows("SELECT count(*) FROM ledger_transactions") == [(0,)]
    finally:
        await classroom.db.execute("DROP TRIGGER refuse ON access_grants; DROP FUNCTION refuse()")
    await hurry(classroom)
    await shop.run_jobs()
    assert await states(classroom) == {"applied": 1}
    await shop.settle()
    await assert_sound(shop, classroom)


async def test_events_about_one_payment_at_once_ask_the_provider_once(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    checkout = await shop.pay(student, course["id"])
    intent = checkout["payment"]["transactionId"]
    await deliver_of(shop, intent, "payment_intent.succeeded", "charge.updated")
    keys = [key for (key,) in await classroom.rows("SELECT id FROM provider_events")]
    assert len(keys) == 2
    asked = len(shop.standin.control("GET", "calls")["calls"])
    resources = shop.resources
    await asyncio.gather(*(handle_event(resources.database, resources.payments, event_key=key) for key in keys))
    calls = shop.standin.control("GET", "calls")["calls"][asked:]
    assert [call["path"] for call in calls] == [f"/v1/payment_intents/{intent}"]
    assert await states(classroom) == {"applied": 2}
    assert await classroom.rows("SELECT status FROM orders") == [("paid",)]


async def test_events_that_waited_for_one_that_failed_ask_the_provider_themselves(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    checkout = await shop.pay(student, course["id"])
    await deliver_of(shop, checkout["payment"]["transactionId"], "payment_intent.succeeded", "charge.updated")
    keys = [key for (key,) in await classroom.rows("SELECT id FROM provider_events")]
    shop.standin.set_faults(server_error=1.0)
    resources = shop.resources
    handling = [handle_event(resources.database, resources.payments, event_key=key) for key in keys]
    ended = await asyncio.gather(*handling, return_exceptions=True)
    assert [type(each) for each in ended] == [ProviderUnavailable, ProviderUnavailable]
    shop.standin.set_faults()
    await handle_event(resources.database, resources.payments, event_key=keys[0])
    assert await states(classroom) == {"applied": 2}


async def test_an_event_of_another_api_version_is_understood(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    checkout = await shop.pay(student, course["id"])
    (event,) = [event for event in await shop.events() if event["type"] == "payment_intent.succeeded"]
    stub = {"object": "payment_intent", "id": checkout["payment"]["transactionId"]}
    assert (await shop.deliver(event | {"api_version": None, "data": {"object": stub}})).status_code == 200
    await shop.run_jobs()
    assert await states(classroom) == {"applied": 1}


async def test_what_an_event_is_about_is_not_stored_anywhere(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    """A body names the buyer: nothing but ids is kept of it, also of one that failed or was put aside."""
    checkout = await shop.pay(student, course["id"])
    shop.standin.forget(checkout["payment"]["transactionId"])
    await shop.deliver_all()
    await shop.run_jobs()
    told = str(await shop.events())
    assert "receipt_email" in told
    columns = {
        name
        for (name,) in await classroom.rows(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'provider_events'"
        )
    }
    assert columns == {
        "id", "provider", "event_id", "type", "object_type", "object_id", "api_version", "state", "attempts", "reason",
        "received_at", "handled_at",
    }  # fmt: skip
    for table in ("provider_events", "attention_items", "procrastinate_jobs"):
        kept = str(await classroom.rows(f"SELECT * FROM {table}"))
        assert student.name not in kept, table
        assert "@example.com" not in kept, table
        assert "client_secret" not in kept, table


async def test_an_admin_lists_events_by_state_page_by_page(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    await shop.buy(student, course["id"])
    whole = (await admin.get("/admin/webhook-events", params={"limit": 100})).json()
    assert whole["meta"]["total"] == len(whole["data"]) > 2
    assert [event["id"] for event in whole["data"]] == sorted((event["id"] for event in whole["data"]), reverse=True)
    applied = (await admin.get("/admin/webhook-events", params={"state": "applied"})).json()["data"]
    assert {event["state"] for event in applied} == {"applied"}
    assert all(event["handledAt"] and event["objectId"] for event in applied)

    found: list[str] = []
    query: Json = {"limit": 2}
    while True:
        page = (await admin.get("/admin/webhook-events", params=query)).json()
        found += [event["id"] for event in page["data"]]
        if page["meta"]["nextCursor"] is None:
            break
        query["cursor"] = page["meta"]["nextCursor"]
    assert found == [event["id"] for event in whole["data"]]
    assert (await admin.get("/admin/webhook-events", params={"state": "lost"})).status_code == 422


async def test_only_admins_see_and_replay_events(
    shop: Shop, classroom: Classroom, admin: Person, teacher: Person, student: Person, course: Json
) -> None:
    await shop.buy(student, course["id"])
    event = (await admin.get("/admin/webhook-events")).json()["data"][0]
    for person in (student, teacher):
        assert refusal(await person.get("/admin/webhook-events")) == (403, "forbidden")
        assert refusal(await person.post(f"/admin/webhook-events/{event['id']}/replay")) == (403, "forbidden")
    assert (await classroom.get("/admin/webhook-events")).status_code == 401
    assert refusal(await admin.post(f"/admin/webhook-events/{admin.id}/replay")) == (404, "event_not_found")
    assert (await admin.post("/admin/webhook-events/nothing/replay")).status_code == 404


async def test_an_event_that_is_not_about_money_is_ignored_again_when_it_is_replayed(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    await shop.start(student, course["id"])
    (event,) = [event for event in await shop.events() if event["type"] == "customer.created"]
    assert (await shop.deliver(event)).status_code == 200
    (stored,) = (await admin.get("/admin/webhook-events", params={"state": "ignored"})).json()["data"]
    assert (await admin.post(f"/admin/webhook-events/{stored['id']}/replay")).status_code == 202
    assert await states(classroom) == {"received": 1}
    await shop.run_jobs()
    assert await states(classroom) == {"ignored": 1}


async def test_a_refund_of_a_charge_without_an_intent_is_another_products(classroom: Classroom, shop: Shop) -> None:
    await deliver_of(shop, shop.standin.refund_charge_without_intent()["id"], "refund.created")
    await shop.run_jobs()
    assert await states(classroom) == {"foreign": 1}
    assert await open_items(classroom) == []


async def test_an_applied_event_that_is_replayed_changes_nothing(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    await shop.buy(student, course["id"])
    booked = await classroom.rows("SELECT * FROM ledger_entries ORDER BY id")
    for event in (await admin.get("/admin/webhook-events", params={"state": "applied"})).json()["data"]:
        answer = await admin.post(f"/admin/webhook-events/{event['id']}/replay", headers={"Idempotency-Key": new_key()})
        assert (answer.status_code, answer.json()["data"]["state"]) == (202, "received")
    await shop.run_jobs()
    assert "received" not in await states(classroom)
    assert await classroom.rows("SELECT * FROM ledger_entries ORDER BY id") == booked
    assert ("event.replay",) in await classroom.rows("SELECT action FROM audit_log")
    await assert_sound(shop, classroom)
