"""What the provider reports late, twice, incompletely, or of an intent that we have not recorded."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.support import gate
from tests.support.books import assert_sound, balances_of, open_items
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop

from coursify.modules.payments.services.sync_dispute import sync_dispute
from coursify.modules.payments.services.sync_intent import sync_intent
from coursify.modules.webhooks.services.compare_money import compare_money

pytestmark = pytest.mark.anyio
Json = dict[str, Any]

# The first statement that applies a fact about a payment; the provider has been asked before.
APPLY = "WHERE id = (SELECT order_id FROM payments WHERE id = %(payment_id)s)"


async def look(person: Person, payment: Json) -> Json:
    return dict((await person.get(f"/payments/{payment['id']}")).json()["data"])


async def may_learn(person: Person, course: Json) -> bool:
    answer = await person.get(f"/access/explain?courseId={course['id']}")
    return bool(answer.json()["data"]["mayLearn"])


async def deliver(shop: Shop, kind: str) -> None:
    for event in await shop.events():
        if event["type"] == kind:
            assert (await shop.deliver(event)).status_code == 200


async def event_states(classroom: Classroom) -> list[tuple[str, str | None]]:
    return await classroom.rows("SELECT state, reason FROM provider_events ORDER BY id")  # type: ignore[return-value]


async def test_an_answer_about_an_intent_that_newer_news_overtook_changes_nothing(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    checkout = (await shop.start(student, course["id"])).json()["data"]
    async with gate.pause(APPLY, nth=1) as paused:
        looking = asyncio.create_task(look(student, checkout["payment"]))
        await paused.reached()
        await shop.confirm(checkout)
        await sync_intent(shop.resources.database, shop.resources.payments, checkout["payment"]["transactionId"])
        paused.release()
        assert (await looking)["status"] == "succeeded"
    await shop.settle()
    assert await may_learn(student, course)
    await assert_sound(shop, classroom)


async def test_an_answer_about_a_dispute_that_newer_news_overtook_changes_nothing(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    await classroom.db.execute("DELETE FROM provider_events")
    dispute = shop.standin.open_dispute(payment["transactionId"])
    await deliver(shop, "charge.dispute.created")
    async with gate.pause(APPLY, nth=1) as paused:
        handling = asyncio.create_task(shop.run_jobs())
        await paused.reached()
        shop.standin.settle_dispute(dispute["id"], "won")
        await sync_dispute(shop.resources.database, shop.resources.payments, dispute["id"])
        paused.release()
        await handling
    assert await event_states(classroom) == [("applied", "something newer is known")]
    assert (await look(student, payment))["status"] == "succeeded"
    assert await may_learn(student, course)
    assert await open_items(classroom) == []
    await shop.settle()
    await assert_sound(shop, classroom)


async def test_money_of_a_second_intent_that_is_reported_twice_at_once_goes_back_once(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    stray = await shop.stray_intent(student, payment["orderId"], amount=5000)
    shop.standin.settle_intent(stray, "succeeded")
    async with gate.pause("FROM orders WHERE id = %(order_id)s FOR NO KEY UPDATE", nth=1) as paused:
        first = asyncio.create_task(sync_intent(shop.resources.database, shop.resources.payments, stray))
        await paused.reached()
        assert await sync_intent(shop.resources.database, shop.resources.payments, stray) == "applied"
        paused.release()
        assert await first == "applied"
    await shop.settle()
    assert await classroom.rows("SELECT count(*) FROM refunds") == [(1,)]
    assert await open_items(classroom) == ["paid_twice"]
    await assert_sound(shop, classroom)


async def test_a_second_intent_whose_money_a_bank_is_moving_is_waited_for_and_goes_back(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    stray = await shop.stray_intent(student, payment["orderId"], amount=5000)
    shop.standin.settle_intent(stray, "processing")
    await shop.settle()
    assert ("parked", "unknown object") in await event_states(classroom)
    shop.standin.settle_intent(stray, "succeeded")
    await shop.settle()
    assert {state for state, _reason in await event_states(classroom)} <= {"applied", "ignored"}
    assert await classroom.rows("SELECT status, amount_minor FROM refunds") == [("succeeded", 5000)]
    assert (await look(student, payment))["status"] == "succeeded"
    await assert_sound(shop, classroom)


async def test_a_refund_whose_own_events_are_lost_is_seen_in_the_charge(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    shop.standin.open_refund(payment["transactionId"])
    await deliver(shop, "charge.refunded")
    await shop.run_jobs()
    assert (await look(student, payment))["status"] == "refunded"
    assert not await may_learn(student, course)
    assert {state for state, _reason in await event_states(classroom)} <= {"applied", "ignored"}
    await shop.settle()
    await assert_sound(shop, classroom)


@pytest.mark.usefixtures("short_stripe_timeout")
async def test_money_that_went_back_before_its_intent_was_recorded_is_a_difference_until_the_buyer_asks_again(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    shop.standin.set_faults(rules=[{"on": "POST /v1/payment_intents", "applied_unanswered": 1.0}])
    assert (await shop.start(student, course["id"])).status_code == 503
    shop.standin.set_faults()
    (intent,) = shop.standin.ledger()["payment_intents"]
    shop.standin.settle_intent(intent["id"], "succeeded")
    shop.standin.open_refund(intent["id"], amount=1000)
    now = await shop.resources.database.now()
    found = await compare_money(
        shop.resources.database, shop.resources.payments, since=now - timedelta(days=1), until=now
    )
    (difference,) = set(found.differences)
    assert difference.endswith(", which we did not know; still different: look at this payment.")

    again = await shop.start(student, course["id"])
    assert again.status_code == 200, again.text
    await shop.settle()
    seen = await look(student, again.json()["data"]["payment"])
    assert (seen["status"], seen["refundedAmount"]) == ("partially_refunded", 1000)
    assert await may_learn(student, course)
    await assert_sound(shop, classroom)


async def test_a_refund_of_ours_that_somebody_made_by_hand_is_taken_over(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    """With its metadata, before its own job: the provider refuses ours, because the money is back."""
    payment = await shop.buy(student, course["id"])
    asked = (await shop.refund(admin, payment["id"])).json()["data"]["refund"]
    await shop.create_refund(payment["transactionId"], amount=5000, refund_id=asked["id"])
    await shop.run_jobs()
    seen = await look(student, payment)
    assert [(refund["id"], refund["status"]) for refund in seen["refunds"]] == [(asked["id"], "succeeded")]
    assert await open_items(classroom) == []
    await shop.settle()
    assert await balances_of(classroom, payment["id"]) == {}
    await assert_sound(shop, classroom)


async def test_a_course_that_was_bought_again_while_its_refund_is_on_its_way_is_returned_once(
    classroom: Classroom, shop: Shop, admin: Person, teacher: Person, student: Person, course: Json
) -> None:
    """A dispute closes both courses, one is bought again, the dispute is won: the refund returns that one already."""
    other = await classroom.published(teacher, price=3000)
    checkout = await shop.pay(student, course["id"], other["id"], card="pm_card_pendingRefund")
    await shop.settle()
    assert (await shop.refund(admin, checkout["payment"]["id"], courseId=course["id"])).status_code == 202
    await shop.settle()
    dispute = shop.standin.open_dispute(checkout["payment"]["transactionId"])
    await shop.settle()
    again = await shop.buy(student, course["id"])
    shop.standin.settle_dispute(dispute["id"], "won")
    await shop.settle()
    assert await open_items(classroom) == []
    assert [refund["status"] for refund in (await look(student, checkout["payment"]))["refunds"]] == ["pending"]
    await assert_sound(shop, classroom)

    ((provider_id,),) = await classroom.rows("SELECT provider_refund_id FROM refunds")
    shop.standin.settle_refund(provider_id, "succeeded")
    await shop.settle()
    assert (await look(student, checkout["payment"]))["status"] == "partially_refunded"
    assert (await look(student, again))["status"] == "succeeded"
    assert await may_learn(student, course)
    assert await may_learn(student, other)
    await assert_sound(shop, classroom)
