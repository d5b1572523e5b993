"""A bank debit takes days: until it is paid or has failed, nothing else is payable, and nothing ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support.books import assert_sound, open_items, payable_intents
from tests.support.classroom import PREFIX, Classroom, Person, refusal
from tests.support.mailbox import Mailbox
from tests.support.shop import Shop

from coursify.modules.payments import jobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
HOUR, DAY = 3_600, 86_400


class Clocks:
    """Ours and the stand-in's clock, moved together."""

    def __init__(self, shop: Shop, clock_file: Path) -> None:
        self.shop, self.clock_file, self.offset = shop, clock_file, 0

    def advance(self, seconds: int) -> None:
        self.offset += seconds
        self.clock_file.write_text(str(self.offset))
        self.shop.standin.control("POST", "clock", {"offset_seconds": self.offset})


@pytest.fixture
def clocks(shop: Shop, clock_file: Path) -> Iterator[Clocks]:
    found = Clocks(shop, clock_file)
    yield found
    shop.standin.control("POST", "clock", {"offset_seconds": 0})


@pytest.fixture
async def course(classroom: Classroom, teacher: Person) -> Json:
    return await classroom.published(teacher, price=5000, currency="eur")


async def again(person: Person) -> Person:
    """The same person with a credential of now."""
    number = person.name.rpartition("Number")[2]
    body = {"email": f"student{number}@example.com", "password": f"a-long-one-{number}!"}
    answer = await person.client.post(PREFIX + "/users/login", json=body)
    assert answer.status_code == 200, answer.text
    return replace(person, token=answer.json()["data"]["accessToken"])


async def look(person: Person, checkout: Json) -> Json:
    answer = await person.get(f"/payments/{checkout['payment']['id']}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


async def debit(shop: Shop, buyer: Person, course: Json, account: str) -> Json:
    """Confirmed with a bank account, and told by webhooks."""
    checkout = await shop.pay(buyer, course["id"], card=account)
    await shop.settle()
    return checkout


def emails(mailbox: Mailbox, kind: str) -> list[Json]:
    return [mail for mail in mailbox.messages() if mail["messageKey"].startswith(f"{kind}:")]


async def test_a_debit_that_is_under_way_is_the_only_payable_object_and_is_told(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json, mailbox: Mailbox
) -> None:
    other = await classroom.published(teacher, price=3000, currency="eur")
    checkout = await debit(shop, student, course, "pm_success_de")
    page = await look(student, checkout)
    assert (page["status"], page["nextAction"], page["enrollmentIds"]) == ("processing", {"type": "wait"}, [])
    (email,) = emails(mailbox, "payment_waiting")
    assert (email["subject"], "50.00 EUR" in email["text"]) == ("Your payment of 50.00 EUR is being processed", True)

    same = await shop.start(student, course["id"])
    assert (same.status_code, same.json()["data"]["payment"]["id"]) == (200, checkout["payment"]["id"])
    cart = await shop.start(student, course["id"], other["id"])
    assert refusal(cart) == (409, "payment_in_progress")
    assert cart.headers["Retry-After"]
    assert same.json()["message"] == "The bank is moving the money. Nothing is left to do but wait."
    assert refusal(await student.post("/enrollments", {"courseId": course["id"]})) == (409, "payment_in_progress")
    assert [intent["id"] for intent in payable_intents(shop)] == [checkout["payment"]["transactionId"]]
    assert (await shop.start(student, other["id"])).status_code == 201


async def test_a_debit_that_settles_after_days_opens_the_course(
    classroom: Classroom, shop: Shop, student: Person, course: Json, mailbox: Mailbox, clocks: Clocks
) -> None:
    checkout = await debit(shop, student, course, "pm_success_de")
    for _ in range(2):
        clocks.advance(25 * HOUR)
        await jobs.sweep_orders_job(shop.resources)
        await shop.settle()
        assert await classroom.rows("SELECT status FROM orders") == [("payable",)]
    clocks.advance(DAY)
    await shop.settle()
    page = await look(await again(student), checkout)
    assert (page["status"], page["nextAction"]) == ("succeeded", None)
    assert len(page["enrollmentIds"]) == 1
    assert len(emails(mailbox, "receipt")) == 1
    assert len(emails(mailbox, "payment_waiting")) == 1
    assert await open_items(classroom) == []
    await assert_sound(shop, classroom)


async def test_a_debit_that_fails_after_days_is_told_and_can_be_paid_by_card(
    classroom: Classroom, shop: Shop, student: Person, course: Json, mailbox: Mailbox, clocks: Clocks
) -> None:
    checkout = await debit(shop, student, course, "pm_failed_de")
    clocks.advance(3 * DAY + HOUR)
    await shop.settle()
    buyer = await again(student)
    page = await look(buyer, checkout)
    assert (page["status"], page["nextAction"]) == ("pending", {"type": "confirm"})
    assert page["lastError"]["code"] == "debit_not_authorized"
    (email,) = emails(mailbox, "payment_failed")
    assert email["subject"] == "Your payment of 50.00 EUR failed"

    clocks.advance(23 * HOUR)
    await jobs.sweep_orders_job(shop.resources)
    assert await classroom.rows("SELECT status FROM orders") == [("payable",)]
    assert (await shop.confirm(checkout)).status_code == 200
    await shop.settle()
    assert (await look(await again(student), checkout))["status"] == "succeeded"
    assert len(emails(mailbox, "receipt")) == 1
    await assert_sound(shop, classroom)


async def test_a_failed_debit_that_nobody_pays_otherwise_ends_after_a_day(
    classroom: Classroom, shop: Shop, student: Person, course: Json, clocks: Clocks
) -> None:
    checkout = await debit(shop, student, course, "pm_insufficientFunds_de")
    clocks.advance(3 * DAY + HOUR)
    await shop.settle()
    clocks.advance(DAY + HOUR)
    await jobs.sweep_orders_job(shop.resources)
    page = await look(await again(student), checkout)
    assert page["status"] == "failed"
    assert payable_intents(shop) == []
    assert (await shop.start(await again(student), course["id"])).status_code == 201
    await shop.settle()
    await assert_sound(shop, classroom)


async def test_the_sweep_learns_of_a_debit_that_no_webhook_told_of_and_lets_it_go_on(
    classroom: Classroom, shop: Shop, student: Person, course: Json, mailbox: Mailbox, clocks: Clocks
) -> None:
    checkout = await shop.pay(student, course["id"], card="pm_failed_de")
    clocks.advance(25 * HOUR)
    await jobs.sweep_orders_job(shop.resources)
    assert await classroom.rows("SELECT intent_status FROM payments") == [("processing",)]
    clocks.advance(3 * DAY)
    await shop.reconcile()
    await shop.run_jobs()
    await jobs.sweep_orders_job(shop.resources)
    assert (await look(await again(student), checkout))["status"] == "pending"
    assert len(emails(mailbox, "payment_failed")) == 1
    assert (await shop.confirm(checkout)).status_code == 200
    await shop.settle()
    await assert_sound(shop, classroom)


async def test_a_second_debit_that_fails_is_told_again(
    classroom: Classroom, shop: Shop, student: Person, course: Json, mailbox: Mailbox, clocks: Clocks
) -> None:
    checkout = await debit(shop, student, course, "pm_failed_de")
    clocks.advance(3 * DAY + HOUR)
    await shop.settle()
    assert (await shop.confirm(checkout, "pm_failed_de")).status_code == 200
    await shop.settle()
    assert (await look(await again(student), checkout))["status"] == "processing"
    clocks.advance(3 * DAY + HOUR)
    await shop.settle()
    assert len(emails(mailbox, "payment_failed")) == 2
    assert len(emails(mailbox, "payment_waiting")) == 2


async def test_a_debit_is_neither_canceled_by_a_new_price_nor_by_a_course_that_left_the_sale(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json, clocks: Clocks
) -> None:
    checkout = await debit(shop, student, course, "pm_success_de")
    await teacher.put(f"/courses/{course['id']}", {"price": 4000})
    assert refusal(await shop.start(student, course["id"])) == (409, "payment_in_progress")
    assert (await teacher.delete(f"/courses/{course['id']}")).status_code == 200
    await jobs.sweep_orders_job(shop.resources)
    assert (await look(student, checkout))["status"] == "processing"
    clocks.advance(3 * DAY + HOUR)
    await shop.settle()
    page = await look(await again(student), checkout)
    assert (page["status"], page["amount"]) == ("succeeded", 5000)
    assert await open_items(classroom) == []
    await assert_sound(shop, classroom)


async def test_a_debit_that_its_bank_takes_back_at_once_closes_the_course(
    classroom: Classroom, shop: Shop, student: Person, course: Json, clocks: Clocks
) -> None:
    checkout = await debit(shop, student, course, "pm_disputed_de")
    clocks.advance(3 * DAY + HOUR)
    await shop.settle()
    page = await look(await again(student), checkout)
    assert page["status"] == "disputed"
    rows = await classroom.rows("SELECT reason FROM access_grants")
    assert rows == [("dispute_lost",)]
    await assert_sound(shop, classroom)


async def test_looking_at_a_debit_asks_the_bank_at_most_once_in_three_seconds(
    shop: Shop, student: Person, course: Json
) -> None:
    checkout = await debit(shop, student, course, "pm_success_de")
    before = len(shop.standin.control("GET", "calls")["calls"])
    for _ in range(5):
        assert (await look(student, checkout))["status"] == "processing"
    assert len(shop.standin.control("GET", "calls")["calls"]) - before == 1
