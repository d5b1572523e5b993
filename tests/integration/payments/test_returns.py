"""Refunds and disputes that fail, come back and cross: the same facts end in the same books."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.books import assert_sound, balances_of, open_items
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop
from tests.support.work_list import act, the_item

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.fixture
async def courses(classroom: Classroom) -> list[Json]:
    """Two courses at one price, of two instructors."""
    return [await classroom.published(await classroom.person("instructor"), price=5000) for _ in range(2)]


@pytest.fixture
async def payment(shop: Shop, student: Person, courses: list[Json]) -> Json:
    return await shop.buy(student, *(course["id"] for course in courses))


async def look(person: Person, payment: Json) -> Json:
    return dict((await person.get(f"/payments/{payment['id']}")).json()["data"])


async def may_learn(person: Person, course: Json) -> bool:
    return bool((await person.get(f"/access/explain?courseId={course['id']}")).json()["data"]["mayLearn"])


async def refund_ids(classroom: Classroom) -> list[str]:
    """The provider's ids of our refunds, in the order they were asked for."""
    return [row[0] for row in await classroom.rows("SELECT provider_refund_id FROM refunds ORDER BY id")]


async def set_refund(shop: Shop, refund_id: str, status: str) -> None:
    shop.standin.settle_refund(refund_id, status)
    await shop.settle()


async def assert_all_is_back(
    classroom: Classroom, shop: Shop, buyer: Person, payment: Json, courses: list[Json]
) -> None:
    seen = await look(buyer, payment)
    assert (seen["status"], seen["refundable"]["amount"]) == ("refunded", 0)
    assert [item["refundedAmount"] for item in seen["items"]] == [5000, 5000]
    assert [await may_learn(buyer, course) for course in courses] == [False, False]
    assert await balances_of(classroom, payment["id"]) == {}
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("second", ["retry", "dashboard"])
async def test_a_refund_that_succeeds_after_its_money_went_another_way_takes_what_is_left(
    classroom: Classroom,
    shop: Shop,
    admin: Person,
    student: Person,
    courses: list[Json],
    payment: Json,
    second: str,
) -> None:
    await shop.refund(admin, payment["id"], courseId=courses[0]["id"])
    await shop.settle()
    (first,) = await refund_ids(classroom)
    await set_refund(shop, first, "failed")
    if second == "retry":
        assert (await act(admin, await the_item(admin, "refund_failed"), "retry")).status_code == 200
    else:
        shop.standin.open_refund(payment["transactionId"], amount=5000)
    await shop.settle()
    await set_refund(shop, first, "succeeded")
    await assert_all_is_back(classroom, shop, student, payment, courses)
    # A course that nobody asked to give back lost its money: with a retry that is for a person to see.
    assert await open_items(classroom) == (["refund_mismatch"] if second == "retry" else [])


PARTS = {"dispute lost": "lost", "refund failed": "failed", "refund succeeded": "succeeded"}


@pytest.mark.parametrize(
    "order",
    [
        ("refund failed", "dispute lost", "refund succeeded"),
        ("dispute lost", "refund failed", "refund succeeded"),
        ("dispute lost", "refund succeeded"),
        ("refund succeeded", "dispute lost"),
        ("refund succeeded", "refund failed", "dispute lost", "refund succeeded"),
    ],
    ids=", ".join,
)
async def test_a_refund_and_a_dispute_of_all_the_rest_leave_nothing_in_any_order(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, courses: list[Json], order: tuple[str, ...]
) -> None:
    checkout = await shop.pay(student, *(course["id"] for course in courses), card="pm_card_pendingRefund")
    await shop.settle()
    payment = checkout["payment"]
    await shop.refund(admin, payment["id"], courseId=courses[0]["id"], amount=2000)
    await shop.settle()
    (refund,) = await refund_ids(classroom)
    dispute = shop.standin.open_dispute(payment["transactionId"])
    assert dispute["amount"] == 8000
    await shop.settle()
    for step in order:
        if step.startswith("dispute"):
            shop.standin.settle_dispute(dispute["id"], "lost")
        else:
            shop.standin.settle_refund(refund, PARTS[step])
        await shop.settle()
    assert await balances_of(classroom, payment["id"]) == {}
    items = {item["courseId"]: item["refundedAmount"] for item in (await look(student, payment))["items"]}
    assert items == {courses[0]["id"]: 2000, courses[1]["id"]: 0}
    await assert_sound(shop, classroom)


async def test_what_is_asked_while_another_refund_is_under_way_never_exceeds_what_the_provider_has(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, courses: list[Json], payment: Json
) -> None:
    await shop.refund(admin, payment["id"], courseId=courses[0]["id"])
    await shop.settle()
    (first,) = await refund_ids(classroom)
    await set_refund(shop, first, "failed")
    await act(admin, await the_item(admin, "refund_failed"), "retry")
    shop.standin.settle_refund(first, "succeeded")
    for event in await shop.events():
        await shop.deliver(event)
    await shop.settle()
    assert refusal(await shop.refund(admin, payment["id"])) == (409, "payment_not_refundable")
    await assert_all_is_back(classroom, shop, student, payment, courses)


@pytest.mark.parametrize("how", ["refund failed", "dispute won"])
async def test_money_that_comes_back_after_the_course_was_bought_again_is_given_back(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json, how: str
) -> None:
    first = await shop.buy(student, course["id"])
    if how == "refund failed":
        await shop.refund(admin, first["id"])
        await shop.settle()
        (refund,) = await refund_ids(classroom)
    else:
        dispute = shop.standin.open_dispute(first["transactionId"])
        shop.standin.settle_dispute(dispute["id"], "lost")
        await shop.settle()
    second = await shop.buy(student, course["id"])
    if how == "refund failed":
        shop.standin.settle_refund(refund, "failed")
    else:
        shop.standin.settle_dispute(dispute["id"], "won")
    await shop.settle()
    assert "paid_twice" in await open_items(classroom)
    assert (await look(student, first))["status"] == "refunded"
    assert (await look(student, second))["status"] == "succeeded"
    assert await may_learn(student, course)
    await assert_sound(shop, classroom)


async def test_money_of_a_course_paid_twice_that_comes_back_again_waits_for_a_person(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    first = await shop.buy(student, course["id"])
    await shop.refund(admin, first["id"])
    await shop.settle()
    await shop.buy(student, course["id"])
    await set_refund(shop, (await refund_ids(classroom))[0], "failed")
    await set_refund(shop, (await refund_ids(classroom))[1], "failed")
    assert len(await refund_ids(classroom)) == 2
    assert "decide on it" in (await the_item(admin, "paid_twice"))["why"]
    assert (await look(student, first))["status"] == "succeeded"


async def test_a_buyer_who_asks_for_a_part_hears_that_courses_are_returned_whole(
    shop: Shop, student: Person, course: Json
) -> None:
    bought = await shop.buy(student, course["id"])
    answer = await shop.refund(student, bought["id"], amount=100)
    assert refusal(answer) == (403, "refund_not_allowed")
    assert answer.json()["message"] == "Only whole courses can be returned: leave the amount out."
