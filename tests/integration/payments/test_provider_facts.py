"""What the provider reports is a fact: it is stored and booked, whatever of our own it crosses."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.books import assert_sound, balances_of, open_items
from tests.support.classroom import Classroom, Person
from tests.support.mailbox import Mailbox
from tests.support.shop import Shop

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def look(person: Person, payment: Json) -> Json:
    return dict((await person.get(f"/payments/{payment['id']}")).json()["data"])


async def may_learn(person: Person, course: Json) -> bool:
    answer = await person.get(f"/access/explain?courseId={course['id']}")
    return bool(answer.json()["data"]["mayLearn"])


async def event_states(classroom: Classroom) -> set[str]:
    return {state for (state,) in await classroom.rows("SELECT DISTINCT state FROM provider_events")}


@pytest.mark.parametrize("first", ["event", "job"])
async def test_a_dashboard_refund_that_crosses_ours_is_adopted_and_ours_gives_way(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json, first: str
) -> None:
    payment = await shop.buy(student, course["id"])
    assert (await shop.refund(admin, payment["id"])).status_code == 202
    shop.standin.open_refund(payment["transactionId"])
    if first == "event":
        await shop.deliver_all()
        # The refund's own job is older and would run first.
        await classroom.db.execute(
            "UPDATE procrastinate_jobs SET priority = -1 WHERE task_name = 'payments.execute_refund'"
        )
    await shop.run_jobs()
    await shop.settle()

    seen = await look(student, payment)
    assert (seen["status"], seen["refundedAmount"]) == ("refunded", 5000)
    assert sorted((refund["status"], refund["failureReason"]) for refund in seen["refunds"]) == [
        ("failed", "already_refunded"),
        ("succeeded", None),
    ]
    assert not await may_learn(student, course)
    assert await balances_of(classroom, payment["id"]) == {}
    assert await open_items(classroom) == []
    assert await event_states(classroom) <= {"applied", "ignored"}
    await assert_sound(shop, classroom)


async def test_a_dashboard_refund_of_a_part_leaves_our_larger_one_to_a_person(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    await shop.refund(admin, payment["id"])
    shop.standin.open_refund(payment["transactionId"], amount=2000)
    await shop.settle()

    seen = await look(student, payment)
    assert (seen["status"], seen["refundedAmount"]) == ("partially_refunded", 2000)
    assert seen["refundable"]["amount"] == 3000
    assert await may_learn(student, course)
    assert await open_items(classroom) == ["refund_failed"]
    await assert_sound(shop, classroom)

    assert (await shop.refund(admin, payment["id"])).status_code == 202
    await shop.settle()
    assert (await look(student, payment))["status"] == "refunded"
    assert await balances_of(classroom, payment["id"]) == {}
    await assert_sound(shop, classroom)


async def test_why_the_provider_refused_a_refund_is_told_to_the_buyer_in_no_words_of_the_provider(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    await shop.refund(admin, payment["id"])
    shop.standin.open_refund(payment["transactionId"], amount=2000)
    await shop.settle()
    ours = next(refund for refund in (await look(student, payment))["refunds"] if refund["amount"] == 5000)
    assert ours["failureReason"] == "provider_refused"
    (why,) = (await classroom.rows("SELECT why FROM attention_items WHERE kind = 'refund_failed'"))[0]
    assert "greater than" in why


async def test_a_refund_in_another_currency_is_booked_as_what_it_is(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    shop.standin.open_refund(payment["transactionId"], amount=3000, currency="jpy")
    await shop.settle()

    seen = await look(student, payment)
    assert (seen["status"], seen["refundedAmount"]) == ("succeeded", 0)
    assert [(refund["amount"], refund["currency"]) for refund in seen["refunds"]] == [(3000, "jpy")]
    assert await may_learn(student, course)
    held = await balances_of(classroom, payment["id"])
    assert (held["provider_clearing usd"], held["provider_clearing jpy"], held["suspense jpy"]) == (5000, -3000, 3000)
    assert await open_items(classroom) == ["refund_mismatch"]
    assert "applied" in await event_states(classroom)
    await assert_sound(shop, classroom)


async def test_a_dispute_in_another_currency_that_is_lost_is_booked_as_what_it_is(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    dispute = shop.standin.open_dispute(payment["transactionId"], amount=3000, currency="jpy")
    shop.standin.settle_dispute(dispute["id"], "lost")
    await shop.settle()

    assert (await look(student, payment))["status"] == "disputed"
    assert not await may_learn(student, course)
    held = await balances_of(classroom, payment["id"])
    assert (held["provider_clearing usd"], held["suspense jpy"]) == (5000, 3000)
    assert await open_items(classroom) == ["dispute_mismatch"]
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("kind", ["refund.created", "charge.dispute.created"])
async def test_money_that_goes_back_before_we_know_that_it_came_is_applied_after_it(
    classroom: Classroom, shop: Shop, student: Person, course: Json, kind: str
) -> None:
    checkout = await shop.pay(student, course["id"])
    intent_id = checkout["payment"]["transactionId"]
    if kind == "refund.created":
        shop.standin.open_refund(intent_id)
    else:
        dispute = shop.standin.open_dispute(intent_id)
        shop.standin.settle_dispute(dispute["id"], "lost")
    (event,) = [event for event in await shop.events() if event["type"] == kind]
    await shop.deliver(event)
    await shop.run_jobs()

    seen = await look(student, checkout["payment"])
    assert seen["status"] == ("refunded" if kind == "refund.created" else "disputed")
    assert not await may_learn(student, course)
    assert await balances_of(classroom, seen["id"]) == {}
    assert await event_states(classroom) == {"applied"}
    await shop.settle()
    await assert_sound(shop, classroom)


async def test_a_refund_that_fails_after_it_succeeded_is_told_to_buyer_and_admins_and_can_be_read(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json, mailbox: Mailbox
) -> None:
    payment = await shop.buy(student, course["id"])
    asked = (await shop.refund(admin, payment["id"])).json()["data"]["refund"]
    await shop.settle()
    (provider_id,) = (await classroom.rows("SELECT provider_refund_id FROM refunds"))[0]
    shop.standin.settle_refund(provider_id, "failed")
    await shop.settle()

    assert f"refund_failed:{asked['id']}" in mailbox.message_keys()
    assert await open_items(classroom) == ["refund_failed"]
    (listed,) = (await look(student, payment))["refunds"]
    assert (listed["status"], listed["failureReason"]) == ("failed", "expired_or_canceled_card")
    read = await student.get(f"/refunds/{asked['id']}")
    assert read.status_code == 200
    assert (read.json()["data"]["status"], read.json()["data"]["paymentId"]) == ("failed", payment["id"])
    await assert_sound(shop, classroom)

    shop.standin.settle_refund(provider_id, "succeeded")
    await shop.settle()
    assert (await look(student, payment))["status"] == "refunded"
    assert not await may_learn(student, course)
    assert await open_items(classroom) == []
    await assert_sound(shop, classroom)


async def test_a_second_refund_of_the_provider_that_names_one_of_ours_is_a_refund_of_its_own(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    """Somebody repeats our refund by hand, with its metadata: the money has gone twice."""
    payment = await shop.buy(student, course["id"])
    asked = (await shop.refund(admin, payment["id"], amount=1000)).json()["data"]["refund"]
    await shop.settle()
    await shop.create_refund(payment["transactionId"], amount=1000, refund_id=asked["id"])
    await shop.settle()

    seen = await look(student, payment)
    assert (seen["refundedAmount"], len(seen["refunds"])) == (2000, 2)
    await assert_sound(shop, classroom)


async def test_a_refund_that_an_admin_paid_otherwise_and_the_provider_pays_too_comes_before_a_person(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    await shop.refund(admin, payment["id"])
    await shop.settle()
    (provider_id,) = (await classroom.rows("SELECT provider_refund_id FROM refunds"))[0]
    shop.standin.settle_refund(provider_id, "failed")
    await shop.settle()
    (item,) = (await admin.get("/admin/attention")).json()["data"]
    assert (await admin.post(f"/admin/attention/{item['id']}/settle", {})).status_code == 200
    await shop.settle()
    assert await open_items(classroom) == []
    await assert_sound(shop, classroom)

    shop.standin.settle_refund(provider_id, "succeeded")
    await shop.settle()
    assert await open_items(classroom) == ["refund_mismatch"]


async def test_asking_again_for_an_order_whose_money_is_on_hold_is_a_409(
    shop: Shop, student: Person, course: Json
) -> None:
    checkout = (await shop.start(student, course["id"])).json()["data"]
    shop.standin.settle_intent(checkout["payment"]["transactionId"], "succeeded", amount_received=4000)
    await shop.settle()
    again = await shop.start(student, course["id"])
    assert (again.status_code, again.json()["error"]["code"]) == (409, "payment_in_progress")
