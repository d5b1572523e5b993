"""Refunds and disputes of one payment at once: no more goes back than came, and the parts sum exactly."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.support import gate
from tests.support.books import assert_sound, balances_of, open_items
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop

from coursify.core.currencies import CURRENCIES

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def test_a_refund_that_is_asked_for_while_a_dispute_is_stored_is_refused(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    shop.standin.open_dispute(payment["transactionId"])
    await shop.deliver_all()
    async with gate.pause("INSERT INTO disputes", nth=1) as paused:
        working = asyncio.create_task(shop.run_jobs())
        await paused.reached()
        asking = asyncio.create_task(shop.refund(admin, payment["id"]))
        await asyncio.sleep(0.3)
        paused.release()
        await working
        assert refusal(await asking) == (409, "payment_disputed")
    await assert_sound(shop, classroom)


async def test_a_refund_that_was_asked_for_before_a_dispute_gives_way_to_it(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    dispute = shop.standin.open_dispute(payment["transactionId"])
    shop.standin.settle_dispute(dispute["id"], "lost")
    async with gate.pause("INSERT INTO refunds", nth=1) as paused:
        asking = asyncio.create_task(shop.refund(admin, payment["id"]))
        await paused.reached()
        await shop.deliver_all()
        working = asyncio.create_task(shop.run_jobs())
        await asyncio.sleep(0.3)
        paused.release()
        assert (await asking).status_code == 202
        await working
    await shop.settle()
    page = (await student.get(f"/payments/{payment['id']}")).json()["data"]
    assert page["status"] == "disputed"
    assert [refund["status"] for refund in page["refunds"]] == ["failed"]
    assert await balances_of(classroom, payment["id"]) == {}
    assert await open_items(classroom) == ["refund_failed"]
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("currency", ["usd", "jpy", "kwd", "isk"])
async def test_twenty_refunds_at_once_never_give_back_more_than_came_and_sum_exactly(
    classroom: Classroom, shop: Shop, admin: Person, teacher: Person, student: Person, currency: str
) -> None:
    step = CURRENCIES[currency].step_minor
    part = 13 * step
    courses = [await classroom.published(teacher, price=amount * step, currency=currency) for amount in (101, 97)]
    payment = await shop.buy(student, *(course["id"] for course in courses))
    answers = await asyncio.gather(*(shop.refund(admin, payment["id"], amount=part) for _ in range(20)))
    assert {answer.status_code for answer in answers} <= {202, 409, 422, 503}
    accepted = sum(answer.status_code == 202 for answer in answers)
    assert 0 < accepted * part <= payment["amount"]
    await shop.settle()
    assert (await student.get(f"/payments/{payment['id']}")).json()["data"]["refundedAmount"] == accepted * part
    await assert_sound(shop, classroom)

    assert (await shop.refund(admin, payment["id"])).status_code in {202, 409}
    await shop.settle()
    (intent,) = shop.standin.ledger()["payment_intents"]
    assert intent["received"] == intent["refunded"]
    assert (await student.get(f"/payments/{payment['id']}")).json()["data"]["status"] == "refunded"
    assert await balances_of(classroom, payment["id"]) == {}
    await assert_sound(shop, classroom)
