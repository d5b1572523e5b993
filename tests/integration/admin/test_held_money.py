"""Money of another amount or currency than was asked waits for an admin, who accepts or returns it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.books import assert_sound, balances_of, open_items
from tests.support.classroom import Classroom, Person, refusal
from tests.support.mailbox import Mailbox
from tests.support.shop import Shop
from tests.support.work_list import act, items, the_item

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def receive(shop: Shop, buyer: Person, amount: int, *courses: Json) -> Json:
    """Another amount arrives than was asked; the payment as the buyer sees it."""
    checkout = (await shop.start(buyer, *(course["id"] for course in courses))).json()["data"]
    shop.standin.settle_intent(checkout["payment"]["transactionId"], "succeeded", amount_received=amount)
    await shop.settle()
    return await look(buyer, checkout["payment"])


async def look(person: Person, payment: Json) -> Json:
    return dict((await person.get(f"/payments/{payment['id']}")).json()["data"])


async def may_learn(person: Person, course: Json) -> bool:
    answer = await person.get(f"/access/explain?courseId={course['id']}")
    return bool(answer.json()["data"]["mayLearn"])


async def test_money_of_another_amount_opens_nothing_and_comes_before_a_person(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await receive(shop, student, 4000, course)
    assert (payment["status"], payment["nextAction"]) == ("processing", {"type": "wait"})
    assert payment["refundable"] == {"amount": 0, "until": None, "reason": "on_hold"}
    assert not await may_learn(student, course)
    item = await the_item(admin, "wrong_amount")
    assert item["object"] == {"type": "payment", "id": payment["id"]}
    assert item["why"] == "Received 40.00 USD where 50.00 USD was asked."
    assert item["actions"] == ["accept", "return", "dismiss"]
    assert refusal(await shop.refund(admin, payment["id"])) == (409, "payment_not_refundable")
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("amount", [4000, 6000])
async def test_an_accepted_amount_is_the_price_that_was_paid(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json, amount: int, mailbox: Mailbox
) -> None:
    payment = await receive(shop, student, amount, course)
    assert (await act(admin, await the_item(admin, "wrong_amount"), "accept")).status_code == 200
    await shop.settle()
    receipt = next(m for m in mailbox.messages() if m["messageKey"] == f"receipt:{payment['orderId']}")
    assert receipt["text"].count(f"{amount / 100:.2f} USD") == 2, "the line and the total"
    assert "50.00" not in receipt["text"]
    assert (await look(student, payment))["status"] == "succeeded"
    assert await may_learn(student, course)
    held = await balances_of(classroom, payment["id"])
    assert held == {
        "provider_clearing usd": amount,
        f"instructor_payable {course['instructorId']} usd": -amount * 7 // 10,
        "platform_revenue usd": amount * 7 // 10 - amount,
    }
    assert await open_items(classroom) == []
    await assert_sound(shop, classroom)

    asked = await shop.refund(admin, payment["id"])
    assert asked.json()["data"]["refund"]["amount"] == amount
    await shop.settle()
    assert (await look(student, payment))["status"] == "refunded"
    assert await balances_of(classroom, payment["id"]) == {}
    await assert_sound(shop, classroom)


async def test_an_accepted_amount_is_spread_over_the_lines_so_that_each_can_be_given_back(
    classroom: Classroom, shop: Shop, admin: Person, teacher: Person, student: Person
) -> None:
    courses = [await classroom.published(teacher, price=1000, currency="kwd") for _ in range(2)]
    payment = await receive(shop, student, 1010, *courses)
    assert (await act(admin, await the_item(admin, "wrong_amount"), "accept")).status_code == 200
    await shop.settle()
    for course in courses:
        answer = await shop.refund(admin, payment["id"], courseId=course["id"])
        assert answer.status_code == 202, answer.text
        await shop.settle()
    assert (await look(student, payment))["status"] == "refunded"
    await assert_sound(shop, classroom)


async def test_a_returned_amount_goes_back_and_the_item_is_done(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await receive(shop, student, 4000, course)
    assert (await act(admin, await the_item(admin, "wrong_amount"), "return", note="asked by phone")).status_code == 200
    await shop.settle()
    seen = await look(student, payment)
    assert (seen["status"], seen["refundedAmount"], seen["amountReceived"]) == ("refunded", 4000, 4000)
    assert (seen["nextAction"], seen["refundable"]["reason"]) == (None, "nothing_left")
    assert not await may_learn(student, course)
    assert await balances_of(classroom, payment["id"]) == {}
    assert await open_items(classroom) == []
    assert await classroom.rows("SELECT resolution, note, resolved_by FROM attention_items") == [
        ("return", "asked by phone", admin.id)
    ]
    await assert_sound(shop, classroom)


async def test_money_whose_return_failed_waits_again_for_an_admin(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await receive(shop, student, 4000, course)
    assert (await act(admin, await the_item(admin, "wrong_amount"), "return")).status_code == 200
    await shop.settle()
    ((refund_id,),) = await classroom.rows("SELECT provider_refund_id FROM refunds")
    shop.standin.settle_refund(refund_id, "failed")
    await shop.settle()
    seen = await look(student, payment)
    assert (seen["status"], seen["nextAction"]) == ("processing", {"type": "wait"})
    assert seen["refundable"]["reason"] == "on_hold"
    listed = (await admin.get("/admin/payments", params={"status": "processing"})).json()["data"]
    assert [row["id"] for row in listed] == [payment["id"]]

    assert (await act(admin, await the_item(admin, "refund_failed"), "retry")).status_code == 200
    await shop.settle()
    seen = await look(student, payment)
    assert (seen["status"], seen["refundedAmount"], seen["nextAction"]) == ("refunded", 4000, None)
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("action", ["accept", "return"])
async def test_held_money_is_decided_once(
    shop: Shop, admin: Person, student: Person, course: Json, action: str
) -> None:
    await receive(shop, student, 4000, course)
    item = await the_item(admin, "wrong_amount")
    assert (await act(admin, item, action)).status_code == 200
    for again in ("accept", "return"):
        assert refusal(await act(admin, item, again)) == (409, "attention_item_resolved")


async def test_held_money_that_support_returned_in_the_dashboard_leaves_the_list_by_itself(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await receive(shop, student, 4000, course)
    shop.standin.open_refund(payment["transactionId"], amount=1000)
    await shop.settle()
    assert refusal(await act(admin, await the_item(admin, "wrong_amount"), "accept")) == (409, "payment_not_refundable")
    shop.standin.open_refund(payment["transactionId"])
    await shop.settle()
    assert (await look(student, payment))["status"] == "refunded"
    assert await items(admin) == []
    await assert_sound(shop, classroom)


async def test_what_is_left_of_held_money_can_be_returned(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await receive(shop, student, 4000, course)
    shop.standin.open_refund(payment["transactionId"], amount=1000)
    await shop.settle()
    assert (await act(admin, await the_item(admin, "wrong_amount"), "return")).status_code == 200
    await shop.settle()
    assert (await look(student, payment))["refundedAmount"] == 4000
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("action", ["accept", "return"])
@pytest.mark.parametrize("end", [None, "lost"])
async def test_held_money_is_neither_accepted_nor_returned_while_its_bank_takes_it_back(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json, end: str | None, action: str
) -> None:
    payment = await receive(shop, student, 4000, course)
    dispute = shop.standin.open_dispute(payment["transactionId"])
    if end:
        shop.standin.settle_dispute(dispute["id"], end)
    await shop.settle()
    assert refusal(await act(admin, await the_item(admin, "wrong_amount"), action)) == (409, "payment_disputed")
    await assert_sound(shop, classroom)


async def test_held_money_that_is_on_its_way_back_is_not_returned_again(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await receive(shop, student, 4000, course)
    refund = shop.standin.open_refund(payment["transactionId"], status="pending")
    await shop.settle()
    assert refusal(await act(admin, await the_item(admin, "wrong_amount"), "return")) == (409, "payment_not_refundable")
    shop.standin.settle_refund(refund["id"], "succeeded")
    await shop.settle()
    assert (await look(student, payment))["status"] == "refunded"
    assert await items(admin) == []
    await assert_sound(shop, classroom)


async def test_money_of_another_currency_can_only_be_returned(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    """The currency was changed in the provider's dashboard before the buyer paid."""
    checkout = (await shop.start(student, course["id"])).json()["data"]
    await shop.change_intent(checkout["payment"]["transactionId"], currency="eur")
    assert (await shop.confirm(checkout)).status_code == 200
    await shop.settle()
    item = await the_item(admin, "wrong_amount")
    assert item["why"] == "Received 50.00 EUR where 50.00 USD was asked."
    assert refusal(await act(admin, item, "accept")) == (409, "amount_not_acceptable")
    assert (await act(admin, item, "return")).status_code == 200
    await shop.settle()
    assert (await look(student, checkout["payment"]))["status"] == "refunded"
    assert not await may_learn(student, course)
    await assert_sound(shop, classroom)


async def test_money_by_a_second_intent_of_an_order_goes_back_by_itself_and_can_be_dismissed(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json, mailbox: Mailbox
) -> None:
    payment = await shop.buy(student, course["id"])
    stray = await shop.stray_intent(student, payment["orderId"], amount=5000)
    shop.standin.settle_intent(stray, "succeeded")
    await shop.settle()
    lost = {intent["id"]: intent for intent in shop.standin.ledger()["payment_intents"]}[stray]
    assert (lost["received"], lost["refunded"]) == (5000, 5000)
    assert await may_learn(student, course)
    assert (await look(student, payment))["status"] == "succeeded"
    item = await the_item(admin, "paid_twice")
    assert item["why"] == "A second payment for one order came; 50.00 USD is being returned."
    assert (await act(admin, item, "dismiss")).status_code == 200
    assert await items(admin) == []
    assert [key for key in mailbox.message_keys() if key.startswith("duplicate_payment:")]
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("how", ["return", "dismiss", "dashboard"])
async def test_a_course_whose_money_was_on_hold_can_be_bought_again(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json, how: str
) -> None:
    payment = await receive(shop, student, 4000, course)
    assert refusal(await shop.start(student, course["id"])) == (409, "payment_in_progress")
    assert (await look(student, payment))["nextAction"] == {"type": "wait"}
    if how == "dashboard":
        shop.standin.open_refund(payment["transactionId"])
        await shop.settle()
    else:
        assert (await act(admin, await the_item(admin, "wrong_amount"), how)).status_code == 200
    seen = await look(student, payment)
    waits = how == "return"
    assert seen["status"] == {"return": "processing", "dismiss": "canceled", "dashboard": "refunded"}[how]
    assert seen["nextAction"] == ({"type": "wait"} if waits else None)
    listed = (await admin.get("/admin/payments", params={"status": seen["status"]})).json()["data"]
    assert [row["id"] for row in listed] == [payment["id"]]
    again = await shop.start(student, course["id"])
    assert again.status_code == 201, again.text
    await shop.confirm(again.json()["data"])
    await shop.settle()
    assert await may_learn(student, course)
    if how == "dismiss":
        shop.standin.open_refund(payment["transactionId"])
        await shop.settle()
    assert (await look(student, payment))["status"] == "refunded"
    await assert_sound(shop, classroom)
