"""What no event told is found by comparing sums, taken over, and put on the work list."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.support import gate
from tests.support.books import assert_sound, balances_of, open_items
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop
from tests.support.work_list import act, items, the_item

from coursify.modules.webhooks import jobs
from coursify.modules.webhooks.services import compare_money as comparing
from coursify.modules.webhooks.services.compare_money import Comparison, compare_money

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def compare(shop: Shop, *, days: int = 35) -> Comparison:
    now = await shop.resources.database.now()
    return await compare_money(
        shop.resources.database, shop.resources.payments, since=now - timedelta(days=days), until=now
    )


async def look(person: Person, payment: Json) -> Json:
    return dict((await person.get(f"/payments/{payment['id']}")).json()["data"])


async def test_books_that_agree_are_no_news(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    await shop.refund(admin, payment["id"], amount=1000)
    other = await classroom.person("student")
    await shop.start(other, course["id"])
    await shop.settle()
    shop.standin.settle_dispute(shop.standin.open_dispute(payment["transactionId"])["id"], "lost")
    await shop.settle()
    found = await compare(shop)
    assert (found.checked, found.differences) == (2, [])
    assert await open_items(classroom) == []


async def test_a_dashboard_refund_whose_events_are_all_lost_is_found_by_the_comparison_alone(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    shop.standin.open_refund(payment["transactionId"], amount=2000)
    found = await compare(shop)
    assert found.differences == [
        "The provider received 50.00 USD and refunded 20.00 USD; we had 50.00 USD and 0.00 USD; taken over now."
    ]
    seen = await look(student, payment)
    assert (seen["status"], seen["refundedAmount"]) == ("partially_refunded", 2000)
    item = await the_item(admin, "money_difference")
    assert (item["object"], item["actions"]) == ({"type": "payment", "id": payment["id"]}, ["recheck", "dismiss"])
    assert (await compare(shop)).differences == []
    await shop.run_jobs()
    await assert_sound(shop, classroom)


async def test_a_refund_of_a_payment_from_before_the_compared_days_is_found_too(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    await classroom.db.execute("UPDATE payments SET created_at = created_at - interval '400 days'")
    shop.standin.open_refund(payment["transactionId"])
    now = await shop.resources.database.now()
    # A window that the intent is not in: only the refund itself is.
    await compare_money(
        shop.resources.database,
        shop.resources.payments,
        since=now - timedelta(seconds=1),
        until=now + timedelta(minutes=1),
    )
    assert (await look(student, payment))["status"] == "refunded"
    assert await open_items(classroom) == ["money_difference"]


async def test_a_payment_whose_events_are_all_lost_is_found_and_granted(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    checkout = await shop.pay(student, course["id"])
    found = await compare(shop)
    assert len(found.differences) == 1
    assert (await look(student, checkout["payment"]))["status"] == "succeeded"
    await shop.run_jobs()
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("status", ["needs_response", "lost"])
async def test_a_dispute_whose_events_are_all_lost_is_found(
    classroom: Classroom, shop: Shop, student: Person, course: Json, status: str
) -> None:
    payment = await shop.buy(student, course["id"])
    dispute = shop.standin.open_dispute(payment["transactionId"])
    shop.standin.settle_dispute(dispute["id"], status)
    assert len((await compare(shop)).differences) == 1
    assert (await look(student, payment))["status"] == "disputed"
    assert bool(await balances_of(classroom, payment["id"])) == (status != "lost")
    assert await open_items(classroom) == (
        ["money_difference"] if status == "lost" else ["dispute_open", "money_difference"]
    )
    assert (await compare(shop)).differences == []
    await assert_sound(shop, classroom)


async def test_a_refund_that_failed_without_an_event_is_found(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    await shop.refund(admin, payment["id"])
    await shop.settle()
    ((refund_id,),) = await classroom.rows("SELECT provider_refund_id FROM refunds")
    shop.standin.settle_refund(refund_id, "failed")
    await compare(shop)
    assert (await look(student, payment))["status"] == "succeeded"
    assert await open_items(classroom) == ["money_difference", "refund_failed"]
    await shop.run_jobs()
    await assert_sound(shop, classroom)


async def test_a_payment_that_the_provider_does_not_know_is_found_once_and_stays_dismissed(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    shop.standin.forget(payment["transactionId"])
    assert len((await compare(shop)).differences) == 1
    item = await the_item(admin, "money_difference")
    assert "resource_missing" in item["why"]
    assert (await act(admin, item, "dismiss")).status_code == 200
    await compare(shop)
    assert await items(admin) == []


async def test_a_second_intent_that_no_event_told_of_is_ended(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    checkout = (await shop.start(student, course["id"])).json()["data"]
    stray = await shop.stray_intent(student, checkout["payment"]["orderId"], amount=5000)
    foreign = await shop.foreign_intent()
    assert (await compare(shop)).differences == []
    statuses = {intent["id"]: intent["status"] for intent in shop.standin.ledger()["payment_intents"]}
    assert statuses == {
        checkout["payment"]["transactionId"]: "requires_payment_method",
        stray: "canceled",
        foreign: "requires_payment_method",
    }
    await shop.confirm(checkout)
    await shop.settle()
    assert (await look(student, checkout["payment"]))["status"] == "succeeded"
    await assert_sound(shop, classroom)


@pytest.mark.usefixtures("short_stripe_timeout")
async def test_an_intent_that_we_have_not_recorded_can_only_be_dismissed(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    shop.standin.set_faults(rules=[{"on": "POST /v1/payment_intents", "applied_unanswered": 1.0}])
    assert (await shop.start(student, course["id"])).status_code == 503
    shop.standin.set_faults()
    (intent,) = shop.standin.ledger()["payment_intents"]
    shop.standin.settle_intent(intent["id"], "succeeded")
    await compare(shop)
    item = await the_item(admin, "money_difference")
    assert (item["object"], item["actions"]) == ({"type": "intent", "id": intent["id"]}, ["dismiss"])
    assert refusal(await act(admin, item, "recheck")) == (409, "action_not_possible")
    assert (await act(admin, item, "dismiss")).status_code == 200
    await compare(shop)
    assert await items(admin) == []


async def test_a_recheck_closes_the_item_where_the_sums_agree(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    shop.standin.open_refund(payment["transactionId"], amount=2000)
    await compare(shop)
    item = await the_item(admin, "money_difference")
    assert (await act(admin, item, "recheck")).status_code == 200
    assert [found["id"] for found in await items(admin)] == [item["id"]]
    await shop.run_jobs()
    assert await items(admin) == []
    assert refusal(await act(admin, item, "recheck")) == (409, "attention_item_resolved")


async def test_a_recheck_keeps_the_item_where_the_sums_differ(
    shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    shop.standin.forget(payment["transactionId"])
    await compare(shop)
    item = await the_item(admin, "money_difference")
    assert (await act(admin, item, "recheck")).status_code == 200
    await shop.run_jobs()
    assert (await the_item(admin, "money_difference"))["id"] == item["id"]


async def test_the_nightly_comparison_is_the_same_one(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    shop.standin.open_refund(payment["transactionId"])
    await jobs.compare_recent_money(shop.resources)
    assert (await look(student, payment))["status"] == "refunded"
    assert await open_items(classroom) == ["money_difference"]


async def test_what_concerns_another_product_is_no_difference(classroom: Classroom, shop: Shop) -> None:
    intent = await shop.foreign_intent()
    shop.standin.settle_intent(intent, "succeeded")
    shop.standin.open_refund(intent, amount=100)
    shop.standin.settle_dispute(shop.standin.open_dispute(intent)["id"], "lost")
    found = await compare(shop)
    assert found.differences == []
    assert await open_items(classroom) == []


async def test_money_of_an_order_that_a_restore_lost_calls_a_person_until_it_is_returned(
    shop: Shop, admin: Person
) -> None:
    intent = await shop.lost_intent()
    shop.standin.settle_intent(intent, "succeeded")
    await shop.settle()
    assert len((await compare(shop)).differences) == 1
    item = await the_item(admin, "money_difference")
    assert (item["object"], item["actions"]) == ({"type": "intent", "id": intent}, ["dismiss"])
    assert "its order is not in the database" in item["why"]
    shop.standin.open_refund(intent)
    assert (await compare(shop)).differences == []


async def test_an_order_that_a_restore_lost_can_no_longer_be_paid(classroom: Classroom, shop: Shop) -> None:
    intent = await shop.lost_intent()
    assert (await compare(shop)).differences == []
    assert [found["status"] for found in shop.standin.ledger()["payment_intents"] if found["id"] == intent] == [
        "canceled"
    ]
    assert await open_items(classroom) == []


async def test_a_provider_that_goes_down_halfway_ends_the_comparison_and_keeps_what_was_found(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    shop.standin.open_refund(payment["transactionId"], amount=2000)
    shop.standin.set_faults(rules=[{"on": "GET /v1/disputes", "server_error": 1.0}])
    with pytest.raises(Exception, match="does not answer"):
        await compare(shop)
    shop.standin.set_faults()
    assert await open_items(classroom) == ["money_difference"]
    assert (await look(student, payment))["refundedAmount"] == 2000


async def test_a_comparison_of_several_days_says_how_far_it_came(shop: Shop, student: Person, course: Json) -> None:
    await shop.buy(student, course["id"])
    now = await shop.resources.database.now()
    said: list[tuple[timedelta, int]] = []
    await compare_money(
        shop.resources.database,
        shop.resources.payments,
        since=now - timedelta(hours=60),
        until=now,
        progress=lambda moment, checked: said.append((now - moment, checked)),
    )
    assert said == [(timedelta(hours=hours), 1) for hours in (24, 48, 60)]


async def test_every_payment_that_the_provider_does_not_list_is_compared_batch_by_batch(
    classroom: Classroom, shop: Shop, student: Person, course: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "BATCH", 2)
    for buyer in (student, *[await classroom.person("student") for _ in range(2)]):
        shop.standin.forget((await shop.buy(buyer, course["id"]))["transactionId"])
    assert len((await compare(shop)).differences) == 3


async def test_a_second_intent_that_is_gone_before_it_can_be_ended_stops_nothing(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    checkout = (await shop.start(student, course["id"])).json()["data"]
    stray = await shop.stray_intent(student, checkout["payment"]["orderId"], amount=5000)
    async with gate.pause("provider_payment_id = ANY", nth=1) as paused:
        comparing_now = asyncio.create_task(compare(shop, days=1))
        await paused.reached()
        shop.standin.forget(stray)
        paused.release()
        found = await comparing_now
    assert (found.checked, found.differences) == (2, [])
    assert await open_items(classroom) == []
