"""A refund above a limit takes two admins, in every currency once there are limits, and by every way to refund."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from tests.support.application import client_with
from tests.support.books import assert_sound
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop
from tests.support.work_list import act, items, the_item

pytestmark = pytest.mark.anyio
Json = dict[str, Any]

LIMIT, PRICE = 5_000, 20_000
NEEDED = (409, "second_admin_needed")


@pytest.fixture
async def client(app: FastAPI, clean: None) -> AsyncIterator[httpx.AsyncClient]:
    """The application while refunds of more than LIMIT in dollars take two admins; other currencies are not named."""
    async with client_with(app, two_person_refunds=(("usd", LIMIT),)) as opened:
        yield opened


@pytest.fixture
async def second(classroom: Classroom) -> Person:
    return await classroom.person("admin")


@pytest.fixture
async def payment(classroom: Classroom, shop: Shop, teacher: Person, student: Person) -> Json:
    course = await classroom.published(teacher, price=PRICE)
    return await shop.buy(student, course["id"])


async def fail_newest(classroom: Classroom, shop: Shop) -> None:
    await shop.settle()
    ((provider_id,),) = await classroom.rows("SELECT provider_refund_id FROM refunds ORDER BY id DESC LIMIT 1")
    shop.standin.settle_refund(provider_id, "failed")
    await shop.settle()


@pytest.mark.parametrize("currency", ["eur", "jpy", "kwd"])
async def test_a_currency_without_a_limit_takes_two_admins_for_every_refund(
    classroom: Classroom, shop: Shop, admin: Person, second: Person, teacher: Person, student: Person, currency: str
) -> None:
    course = await classroom.published(teacher, price=5000, currency=currency)
    payment = await shop.buy(student, course["id"])
    preview = await admin.post("/payments/refund/preview", {"paymentId": payment["id"], "amount": 10})
    assert preview.json()["data"]["needsSecondAdmin"] is True
    assert refusal(await shop.refund(admin, payment["id"], amount=10)) == NEEDED
    assert await classroom.rows("SELECT count(*) FROM refunds") == [(0,)]
    assert (await shop.refund(second, payment["id"], amount=10)).status_code == 202
    await shop.settle()
    await assert_sound(shop, classroom)


async def test_an_open_proposal_is_on_the_list_and_another_admin_confirms_it_there(
    classroom: Classroom, shop: Shop, admin: Person, second: Person, student: Person, payment: Json
) -> None:
    assert refusal(await shop.refund(admin, payment["id"])) == NEEDED
    item = await the_item(second, "refund_proposed")
    assert item["why"] == "A refund of 200.00 USD waits for a second admin."
    assert item["actions"] == ["confirm", "dismiss"]
    assert refusal(await act(admin, item, "confirm")) == NEEDED
    assert len(await items(admin)) == 1
    assert (await act(second, item, "confirm")).status_code == 200
    await shop.settle()
    assert (await student.get(f"/payments/{payment['id']}")).json()["data"]["status"] == "refunded"
    assert await items(admin) == []
    await assert_sound(shop, classroom)


async def test_a_proposal_that_is_confirmed_by_asking_for_the_same_leaves_the_list(
    shop: Shop, admin: Person, second: Person, payment: Json
) -> None:
    assert refusal(await shop.refund(admin, payment["id"])) == NEEDED
    assert len(await items(admin)) == 1
    assert (await shop.refund(second, payment["id"])).status_code == 202
    assert await items(admin) == []


async def test_a_buyer_needs_no_admin_for_what_the_policy_gives_them(
    shop: Shop, student: Person, payment: Json
) -> None:
    assert (await shop.refund(student, payment["id"])).status_code == 202


async def test_trying_failed_refunds_again_does_not_evade_the_limit(
    classroom: Classroom, shop: Shop, admin: Person, second: Person, student: Person, payment: Json
) -> None:
    """Each of two refunds is small enough, because the first one failed; together they are not."""
    assert (await shop.refund(admin, payment["id"], amount=LIMIT)).status_code == 202
    await fail_newest(classroom, shop)
    assert (await shop.refund(admin, payment["id"], amount=LIMIT)).status_code == 202
    await shop.settle()
    item = await the_item(admin, "refund_failed")
    assert refusal(await act(admin, item, "retry")) == NEEDED
    assert (await student.get(f"/payments/{payment['id']}")).json()["data"]["refundedAmount"] == LIMIT

    assert (await act(second, item, "retry")).status_code == 200
    await shop.settle()
    assert (await student.get(f"/payments/{payment['id']}")).json()["data"]["refundedAmount"] == 2 * LIMIT
    assert await items(admin) == []
    await assert_sound(shop, classroom)


async def test_what_two_admins_agreed_on_is_tried_again_by_one(
    classroom: Classroom, shop: Shop, admin: Person, second: Person, student: Person, payment: Json
) -> None:
    assert refusal(await shop.refund(admin, payment["id"])) == NEEDED
    assert (await shop.refund(second, payment["id"])).status_code == 202
    await fail_newest(classroom, shop)
    assert (await act(admin, await the_item(admin, "refund_failed"), "retry")).status_code == 200
    await shop.settle()
    assert (await student.get(f"/payments/{payment['id']}")).json()["data"]["status"] == "refunded"
    await assert_sound(shop, classroom)


async def test_what_a_buyer_asked_for_is_tried_again_by_one(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, payment: Json
) -> None:
    assert (await shop.refund(student, payment["id"])).status_code == 202
    await fail_newest(classroom, shop)
    assert (await act(admin, await the_item(admin, "refund_failed"), "retry")).status_code == 200
    await shop.settle()
    assert (await student.get(f"/payments/{payment['id']}")).json()["data"]["status"] == "refunded"
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("how", ["confirm", "settle"])
async def test_recording_that_a_large_refund_was_paid_otherwise_takes_two_admins(
    classroom: Classroom, shop: Shop, admin: Person, second: Person, student: Person, payment: Json, how: str
) -> None:
    """Two agreed that the provider returns it; that it was paid by bank is another decision."""
    assert refusal(await shop.refund(admin, payment["id"])) == NEEDED
    assert (await shop.refund(second, payment["id"])).status_code == 202
    await fail_newest(classroom, shop)
    failed = await the_item(admin, "refund_failed")
    assert refusal(await act(admin, failed, "settle")) == NEEDED
    assert refusal(await act(admin, failed, "settle")) == NEEDED
    proposal = await the_item(admin, "refund_proposed")
    assert (
        proposal["why"] == "To record that a failed refund of 200.00 USD was paid otherwise waits for a second admin."
    )
    assert refusal(await act(admin, proposal, "confirm")) == NEEDED
    assert (await student.get(f"/payments/{payment['id']}")).json()["data"]["status"] == "succeeded"

    answer = await act(second, proposal, "confirm") if how == "confirm" else await act(second, failed, "settle")
    assert answer.status_code == 200, answer.text
    await shop.settle()
    assert (await student.get(f"/payments/{payment['id']}")).json()["data"]["status"] == "refunded"
    assert await items(admin) == []
    assert await classroom.rows("SELECT count(*) FROM refunds WHERE status = 'succeeded'") == [(1,)]
    await assert_sound(shop, classroom)


async def test_what_one_admin_settled_counts_toward_the_limit(
    classroom: Classroom, shop: Shop, admin: Person, second: Person, student: Person, payment: Json
) -> None:
    assert (await shop.refund(admin, payment["id"], amount=LIMIT)).status_code == 202
    await fail_newest(classroom, shop)
    assert (await act(admin, await the_item(admin, "refund_failed"), "settle")).status_code == 200
    assert refusal(await shop.refund(admin, payment["id"], amount=10)) == NEEDED


@pytest.mark.parametrize(
    ("action", "received", "why"),
    [
        ("return", 14_000, "To return 140.00 USD on hold waits for a second admin."),
        ("accept", 14_000, "To accept 60.00 USD less than the price waits for a second admin."),
    ],
)
@pytest.mark.parametrize("how", ["confirm", "same"])
async def test_a_decision_about_much_money_on_hold_takes_two_admins(
    classroom: Classroom,
    shop: Shop,
    admin: Person,
    second: Person,
    teacher: Person,
    student: Person,
    action: str,
    received: int,
    why: str,
    how: str,
) -> None:
    course = await classroom.published(teacher, price=PRICE)
    checkout = (await shop.start(student, course["id"])).json()["data"]
    shop.standin.settle_intent(checkout["payment"]["transactionId"], "succeeded", amount_received=received)
    await shop.settle()
    held = await the_item(admin, "wrong_amount")
    assert refusal(await act(admin, held, action)) == NEEDED
    proposal = await the_item(admin, "refund_proposed")
    assert proposal["why"] == why
    other = "accept" if action == "return" else "return"
    assert refusal(await act(second, held, other)) == NEEDED, "another decision is not a confirmation"

    answer = await act(second, proposal, "confirm") if how == "confirm" else await act(second, held, action)
    assert answer.status_code == 200, answer.text
    await shop.settle()
    shown = (await student.get(f"/payments/{checkout['payment']['id']}")).json()["data"]
    assert shown["status"] == {"return": "refunded", "accept": "succeeded"}[action]
    assert await items(admin) == []
    await assert_sound(shop, classroom)


async def test_one_admin_is_enough_to_accept_almost_the_price(
    classroom: Classroom, shop: Shop, admin: Person, teacher: Person, student: Person
) -> None:
    course = await classroom.published(teacher, price=PRICE)
    checkout = (await shop.start(student, course["id"])).json()["data"]
    shop.standin.settle_intent(checkout["payment"]["transactionId"], "succeeded", amount_received=PRICE - LIMIT)
    await shop.settle()
    assert (await act(admin, await the_item(admin, "wrong_amount"), "accept")).status_code == 200
    await shop.settle()
    await assert_sound(shop, classroom)


async def test_a_proposal_about_money_that_went_back_in_the_dashboard_leaves_the_list(
    classroom: Classroom, shop: Shop, admin: Person, teacher: Person, student: Person
) -> None:
    course = await classroom.published(teacher, price=PRICE)
    checkout = (await shop.start(student, course["id"])).json()["data"]
    intent = checkout["payment"]["transactionId"]
    shop.standin.settle_intent(intent, "succeeded", amount_received=14_000)
    await shop.settle()
    assert refusal(await act(admin, await the_item(admin, "wrong_amount"), "return")) == NEEDED
    shop.standin.open_refund(intent)
    await shop.settle()
    assert await items(admin) == []
    await assert_sound(shop, classroom)


async def test_a_proposal_to_settle_a_refund_leaves_the_list_when_the_refund_is_tried_again(
    classroom: Classroom, shop: Shop, admin: Person, second: Person, student: Person, payment: Json
) -> None:
    assert refusal(await shop.refund(admin, payment["id"])) == NEEDED
    assert (await shop.refund(second, payment["id"])).status_code == 202
    await fail_newest(classroom, shop)
    failed = await the_item(admin, "refund_failed")
    assert refusal(await act(admin, failed, "settle")) == NEEDED
    assert (await act(admin, failed, "retry")).status_code == 200
    assert await items(admin) == []
    await shop.settle()
    assert (await student.get(f"/payments/{payment['id']}")).json()["data"]["status"] == "refunded"
    await assert_sound(shop, classroom)
