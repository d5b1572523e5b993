"""A refund that the provider could not pay: an admin tries it again, pays it otherwise, or says that it is done."""

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


@pytest.fixture
async def payment(classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json) -> Json:
    """Bought, refunded, and the refund came back."""
    bought = await shop.buy(student, course["id"])
    await shop.refund(admin, bought["id"])
    await shop.settle()
    await fail_newest(classroom, shop)
    return bought


async def fail_newest(classroom: Classroom, shop: Shop) -> None:
    ((provider_id,),) = await classroom.rows("SELECT provider_refund_id FROM refunds ORDER BY id DESC LIMIT 1")
    shop.standin.settle_refund(provider_id, "failed")
    await shop.settle()


async def look(person: Person, payment: Json) -> Json:
    return dict((await person.get(f"/payments/{payment['id']}")).json()["data"])


async def may_learn(person: Person, course: Json) -> bool:
    answer = await person.get(f"/access/explain?courseId={course['id']}")
    return bool(answer.json()["data"]["mayLearn"])


async def tired_admin(classroom: Classroom) -> Person:
    """An admin who signed in an hour ago."""
    admin = await classroom.person("admin")
    await classroom.db.execute(
        "UPDATE sessions SET authenticated_at = authenticated_at - interval '1 hour' WHERE user_id = %s", [admin.id]
    )
    return admin


async def test_a_refund_that_is_tried_again_is_a_new_one(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json, payment: Json
) -> None:
    item = await the_item(admin, "refund_failed")
    assert item["actions"] == ["retry", "settle", "dismiss"]
    assert item["why"] == "The refund of 50.00 USD failed: expired_or_canceled_card."
    assert (await act(admin, item, "retry")).status_code == 200
    await shop.settle()
    seen = await look(student, payment)
    assert seen["status"] == "refunded"
    assert [refund["status"] for refund in seen["refunds"]] == ["failed", "succeeded"]
    assert not await may_learn(student, course)
    assert await items(admin) == []
    assert await balances_of(classroom, payment["id"]) == {}
    audited = await classroom.rows("SELECT actor_id, action FROM audit_log WHERE target_type = 'refund'")
    assert audited == [(admin.id, "refund.create")] * 2
    await assert_sound(shop, classroom)


async def test_a_refund_that_fails_again_comes_back(
    classroom: Classroom, shop: Shop, admin: Person, payment: Json
) -> None:
    await act(admin, await the_item(admin, "refund_failed"), "retry")
    await shop.settle()
    await fail_newest(classroom, shop)
    assert (await act(admin, await the_item(admin, "refund_failed"), "retry")).status_code == 200
    await shop.settle()
    await assert_sound(shop, classroom)


async def test_a_refund_that_was_paid_otherwise_leaves_the_bank_and_closes_the_course(
    classroom: Classroom,
    shop: Shop,
    admin: Person,
    student: Person,
    course: Json,
    payment: Json,
    mailbox: Mailbox,
) -> None:
    answer = await act(admin, await the_item(admin, "refund_failed"), "settle", note="by bank transfer")
    assert answer.status_code == 200
    await shop.settle()
    seen = await look(student, payment)
    assert (seen["status"], seen["refundedAmount"]) == ("refunded", 5000)
    assert not await may_learn(student, course)
    held = await balances_of(classroom, payment["id"])
    assert held == {"provider_clearing usd": 5000, "bank usd": -5000}
    assert f"refund:{seen['refunds'][0]['id']}" in mailbox.message_keys()
    assert await items(admin) == []
    await assert_sound(shop, classroom)


async def test_a_refund_that_is_done_elsewhere_is_dismissed_and_stays_so(
    shop: Shop, admin: Person, student: Person, course: Json, payment: Json
) -> None:
    assert (await act(admin, await the_item(admin, "refund_failed"), "dismiss")).status_code == 200
    await shop.settle()
    assert await items(admin) == []
    assert (await look(student, payment))["status"] == "succeeded"
    assert await may_learn(student, course)


@pytest.mark.parametrize("action", ["retry", "settle"])
async def test_money_that_went_back_meanwhile_is_not_paid_again(
    classroom: Classroom, shop: Shop, admin: Person, payment: Json, action: str
) -> None:
    item = await the_item(admin, "refund_failed")
    assert (await shop.refund(admin, payment["id"], amount=1)).status_code == 202
    assert refusal(await act(admin, item, action)) == (422, "refund_exceeds_payment")
    await shop.settle()
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("action", ["retry", "settle"])
async def test_a_failed_refund_that_the_provider_makes_after_all_is_not_paid_again(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, payment: Json, action: str
) -> None:
    item = await the_item(admin, "refund_failed")
    ((provider_id,),) = await classroom.rows("SELECT provider_refund_id FROM refunds")
    shop.standin.settle_refund(provider_id, "pending")
    await shop.settle()
    assert refusal(await act(admin, item, action)) == (409, "refund_not_failed")
    shop.standin.settle_refund(provider_id, "succeeded")
    await shop.settle()
    assert (await look(student, payment))["status"] == "refunded"
    assert await items(admin) == []
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("action", ["retry", "settle"])
async def test_held_money_whose_return_failed_and_that_went_back_in_the_dashboard_is_not_returned_again(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json, action: str
) -> None:
    """It was asked of no line: only the payment's sum says that nothing is left."""
    checkout = (await shop.start(student, course["id"])).json()["data"]
    shop.standin.settle_intent(checkout["payment"]["transactionId"], "succeeded", amount_received=4000)
    await shop.settle()
    assert (await act(admin, await the_item(admin, "wrong_amount"), "return")).status_code == 200
    await shop.settle()
    await fail_newest(classroom, shop)
    shop.standin.open_refund(checkout["payment"]["transactionId"])
    await shop.settle()
    item = await the_item(admin, "refund_failed")
    assert refusal(await act(admin, item, action)) == (422, "refund_exceeds_payment")
    assert (await look(student, checkout["payment"]))["status"] == "refunded"
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("action", ["retry", "settle"])
async def test_a_failed_refund_waits_while_the_bank_asks_for_the_money(
    classroom: Classroom, shop: Shop, admin: Person, payment: Json, action: str
) -> None:
    shop.standin.open_dispute(payment["transactionId"])
    await shop.settle()
    item = await the_item(admin, "refund_failed")
    assert refusal(await act(admin, item, action)) == (409, "payment_disputed")
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("action", ["retry", "settle"])
async def test_moving_money_wants_a_recent_sign_in(
    classroom: Classroom, admin: Person, payment: Json, action: str
) -> None:
    item = await the_item(admin, "refund_failed")
    tired = await tired_admin(classroom)
    assert refusal(await act(tired, item, action)) == (403, "step_up_required")
    assert await open_items(classroom) == ["refund_failed"]
    assert (await act(tired, item, "dismiss")).status_code == 200


async def test_two_admins_who_settle_at_once_pay_once(
    classroom: Classroom, shop: Shop, admin: Person, payment: Json
) -> None:
    item = await the_item(admin, "refund_failed")
    other = await classroom.person("admin")
    assert (await act(admin, item, "settle")).status_code == 200
    assert refusal(await act(other, item, "retry")) == (409, "attention_item_resolved")
    assert refusal(await act(other, item, "settle")) == (409, "attention_item_resolved")
    await shop.settle()
    await assert_sound(shop, classroom)
