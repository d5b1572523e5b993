"""However money goes back, what each side gives back sums exactly to what it got, and lands on the right one."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.books import assert_sound, balances_of
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def status_of(person: Person, payment: Json) -> str:
    return str((await person.get(f"/payments/{payment['id']}")).json()["data"]["status"])


async def test_a_full_refund_in_many_parts_leaves_nothing_with_anyone(
    classroom: Classroom, shop: Shop, admin: Person, teacher: Person, student: Person
) -> None:
    course = await classroom.published(teacher, price=60, currency="jpy")
    payment = await shop.buy(student, course["id"])
    for amount in (37, *[1] * 22):
        assert (await shop.refund(admin, payment["id"], amount=amount)).status_code == 202
    await shop.run_jobs()
    assert await status_of(student, payment) == "partially_refunded"
    assert (await shop.refund(admin, payment["id"])).json()["data"]["refund"]["amount"] == 1
    await shop.run_jobs()
    assert await status_of(student, payment) == "refunded"
    assert await balances_of(classroom, payment["id"]) == {}


@pytest.fixture
async def two_teachers(classroom: Classroom, teacher: Person) -> list[Json]:
    """Two courses at one price, of two instructors."""
    other = await classroom.person("instructor")
    return [await classroom.published(teacher, price=5000), await classroom.published(other, price=5000)]


async def pay_and_hear(shop: Shop, buyer: Person, courses: list[Json], card: str) -> Json:
    checkout = await shop.pay(buyer, *(course["id"] for course in courses), card=card)
    await shop.settle()
    return dict((await buyer.get(f"/payments/{checkout['payment']['id']}")).json()["data"])


def instructor_shares(balances: dict[str, int], courses: list[Json]) -> list[int]:
    return [-balances.get(f"instructor_payable {course['instructorId']} usd", 0) for course in courses]


@pytest.mark.parametrize("end", ["succeeded", "failed"])
async def test_a_dispute_that_is_lost_while_a_refund_is_pending_takes_the_other_lines_money(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, two_teachers: list[Json], end: str
) -> None:
    payment = await pay_and_hear(shop, student, two_teachers, "pm_card_pendingRefund")
    await shop.refund(admin, payment["id"], courseId=two_teachers[0]["id"])
    await shop.run_jobs()
    dispute = shop.standin.open_dispute(payment["transactionId"], amount=5000)
    shop.standin.settle_dispute(dispute["id"], "lost")
    await shop.settle()
    assert instructor_shares(await balances_of(classroom, payment["id"]), two_teachers) == [3500, 0]

    ((refund_id,),) = await classroom.rows("SELECT provider_refund_id FROM refunds")
    shop.standin.settle_refund(refund_id, end)
    await shop.settle()
    # A refund that failed counts for nothing: the dispute takes from both lines, as if it had been alone.
    left = [0, 0] if end == "succeeded" else [1750, 1750]
    assert instructor_shares(await balances_of(classroom, payment["id"]), two_teachers) == left
    await assert_sound(shop, classroom)


@pytest.mark.usefixtures("short_stripe_timeout")
async def test_a_dispute_that_is_lost_before_we_heard_of_our_refund_takes_the_other_lines_money(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, two_teachers: list[Json]
) -> None:
    """The provider made our refund, and its answer was lost; then it tells of the dispute first."""
    payment = await shop.buy(student, *(course["id"] for course in two_teachers))
    await shop.refund(admin, payment["id"], courseId=two_teachers[0]["id"])
    shop.standin.set_faults(applied_unanswered=1.0, only=["POST /v1/refunds"])
    await shop.run_jobs()
    shop.standin.set_faults()
    dispute = shop.standin.open_dispute(payment["transactionId"])
    shop.standin.settle_dispute(dispute["id"], "lost")
    for event in await shop.events():
        if event["data"]["object"]["object"] == "dispute":
            await shop.deliver(event)
    await shop.run_jobs()
    await shop.settle()
    assert await balances_of(classroom, payment["id"]) == {}
    items = (await student.get(f"/payments/{payment['id']}")).json()["data"]["items"]
    assert {item["courseId"]: item["refundedAmount"] for item in items} == {
        two_teachers[0]["id"]: 5000,
        two_teachers[1]["id"]: 0,
    }
    await assert_sound(shop, classroom)


async def test_a_dispute_is_booked_each_time_it_is_lost_and_reversed_exactly_as_booked(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    dispute = shop.standin.open_dispute(payment["transactionId"])
    sold = await balances_of(classroom, payment["id"])
    for status in ("lost", "won", "lost", "won", "lost"):
        shop.standin.settle_dispute(dispute["id"], status)
        await shop.settle()
        assert await balances_of(classroom, payment["id"]) == ({} if status == "lost" else sold), status
        await assert_sound(shop, classroom)
    assert await classroom.rows("SELECT count(*) FROM ledger_transactions WHERE source_type = 'dispute'") == [(5,)]


async def test_a_dispute_that_is_won_gives_back_what_it_took_though_a_refund_came_between(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, two_teachers: list[Json]
) -> None:
    payment = await shop.buy(student, *(course["id"] for course in two_teachers))
    dispute = shop.standin.open_dispute(payment["transactionId"], amount=3333)
    shop.standin.settle_dispute(dispute["id"], "lost")
    await shop.settle()
    shop.standin.settle_dispute(dispute["id"], "won")
    shop.standin.open_refund(payment["transactionId"], amount=1111)
    await shop.settle()
    assert sum(instructor_shares(await balances_of(classroom, payment["id"]), two_teachers)) == 7000 - 777
    assert (await shop.refund(admin, payment["id"])).status_code == 202
    await shop.settle()
    assert await balances_of(classroom, payment["id"]) == {}
    await assert_sound(shop, classroom)


async def test_a_refund_is_booked_each_time_it_succeeds(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    sold = await balances_of(classroom, payment["id"])
    await shop.refund(admin, payment["id"])
    await shop.settle()
    ((refund_id,),) = await classroom.rows("SELECT provider_refund_id FROM refunds")
    for status in ("failed", "succeeded", "failed", "succeeded"):
        shop.standin.settle_refund(refund_id, status)
        await shop.settle()
        is_back = status == "succeeded"
        assert await status_of(student, payment) == ("refunded" if is_back else "succeeded")
        assert await balances_of(classroom, payment["id"]) == ({} if is_back else sold)
        await assert_sound(shop, classroom)
