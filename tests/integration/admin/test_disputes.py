"""A dispute is on the work list while it can be answered."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.books import assert_sound
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop
from tests.support.work_list import act, items, the_item

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.fixture
async def dispute(shop: Shop, student: Person, course: Json) -> Json:
    payment = await shop.buy(student, course["id"])
    opened: Json = shop.standin.open_dispute(payment["transactionId"])
    await shop.settle()
    return opened


@pytest.mark.parametrize("end", ["won", "lost"])
async def test_an_open_dispute_is_listed_until_it_ends(shop: Shop, admin: Person, dispute: Json, end: str) -> None:
    item = await the_item(admin, "dispute_open")
    assert item["why"] == "The buyer's bank disputes 50.00 USD; answer it in the provider's dashboard."
    assert item["actions"] == ["dismiss"]
    shop.standin.settle_dispute(dispute["id"], end)
    await shop.settle()
    assert await items(admin) == []


async def test_a_dispute_that_was_answered_does_not_come_back_with_the_banks_next_step(
    shop: Shop, admin: Person, dispute: Json
) -> None:
    await act(admin, await the_item(admin, "dispute_open"), "dismiss")
    shop.standin.settle_dispute(dispute["id"], "under_review")
    await shop.settle()
    assert await items(admin) == []


@pytest.mark.parametrize("end", ["won", "lost"])
async def test_a_course_that_is_bought_again_during_a_dispute_is_not_paid_twice(
    shop: Shop, classroom: Classroom, student: Person, course: Json, dispute: Json, end: str
) -> None:
    again = await shop.buy(student, course["id"])
    await assert_sound(shop, classroom)
    shop.standin.settle_dispute(dispute["id"], end)
    await shop.settle()
    await assert_sound(shop, classroom)
    paid = (await student.get("/payments")).json()["data"]
    statuses = {payment["id"]: payment["status"] for payment in paid}
    assert statuses.pop(again["id"]) == "succeeded"
    assert [*statuses.values()] == [{"won": "refunded", "lost": "disputed"}[end]]
