"""Every currency is charged and given back as the provider counts it; what cannot be settled is refused at once."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.books import assert_sound, payable_intents
from tests.support.classroom import Classroom, Person, refusal
from tests.support.mailbox import Mailbox
from tests.support.shop import Shop, new_key

from coursify.core.currencies import CURRENCIES
from coursify.core.money import Money

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.mark.parametrize(
    ("currency", "price", "charged", "part", "part_refunded"),
    [
        ("mga", 5000, 50, 100, 1),
        ("isk", 1200, 120_000, 1, 100),
        ("ugx", 5000, 500_000, 7, 700),
        ("jpy", 1200, 1200, 1, 1),
        ("kwd", 1500, 1500, 10, 10),
    ],
)
async def test_a_course_is_charged_and_given_back_as_its_currency_counts(
    classroom: Classroom,
    shop: Shop,
    admin: Person,
    teacher: Person,
    student: Person,
    currency: str,
    price: int,
    charged: int,
    part: int,
    part_refunded: int,
) -> None:
    course = await classroom.published(teacher, price=price, currency=currency)
    payment = await shop.buy(student, course["id"])
    assert (payment["amount"], payment["currency"]) == (price, currency)
    (intent,) = shop.standin.ledger()["payment_intents"]
    assert (intent["amount"], intent["received"]) == (charged, charged)

    assert (await shop.refund(admin, payment["id"], amount=part)).status_code == 202
    await shop.settle()
    assert shop.standin.ledger()["payment_intents"][0]["refunded"] == part_refunded
    seen = (await student.get(f"/payments/{payment['id']}")).json()["data"]
    assert (seen["status"], seen["refundedAmount"]) == ("partially_refunded", part)
    await assert_sound(shop, classroom)


async def test_the_receipt_of_a_currency_without_decimals_at_the_provider_says_what_was_paid(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, mailbox: Mailbox
) -> None:
    course = await classroom.published(teacher, price=5000, currency="mga")
    payment = await shop.buy(student, course["id"])
    (receipt,) = [mail for mail in mailbox.messages() if mail["messageKey"] == f"receipt:{payment['orderId']}"]
    assert "50.00 MGA" in receipt["text"]


async def test_the_provider_takes_the_least_charge_of_every_currency_as_we_send_it(shop: Shop) -> None:
    gateway = shop.resources.payments
    customer = await gateway.create_customer(user_id="u", email="u@example.com", name="U", replaces=None)
    for code, currency in CURRENCIES.items():
        least = Money(currency.minimum_minor, code)
        made = await gateway.create_intent(order_id="o", amount=least, customer_id=customer, key=new_key())
        assert made.amount == least, code


@pytest.mark.parametrize(("currency", "amount"), [("kwd", 1234), ("kwd", 5), ("bhd", 1001), ("mga", 50), ("mga", 4999)])
async def test_a_refund_that_cannot_be_settled_is_refused_at_once(
    classroom: Classroom, shop: Shop, admin: Person, teacher: Person, student: Person, currency: str, amount: int
) -> None:
    course = await classroom.published(teacher, price=5000, currency=currency)
    payment = await shop.buy(student, course["id"])
    answer = await shop.refund(admin, payment["id"], amount=amount)
    assert refusal(answer) == (422, "amount_not_chargeable")
    assert answer.json()["error"]["details"][0]["field"] == "amount"
    assert await classroom.rows("SELECT count(*) FROM refunds") == [(0,)]


async def test_lines_that_could_not_be_refunded_one_by_one_are_not_sold(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person
) -> None:
    """Two courses from before the rule: their sum can be charged, neither price can."""
    first, second = [await classroom.published(teacher, price=1000, currency="kwd") for _ in range(2)]
    await classroom.db.execute("UPDATE courses SET price_minor = 1005")
    answer = await shop.start(student, first["id"], second["id"])
    assert refusal(answer) == (422, "amount_not_chargeable")
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == ["courseIds.0", "courseIds.1"]
    assert payable_intents(shop) == []
    assert await classroom.rows("SELECT count(*) FROM orders") == [(0,)]


@pytest.mark.parametrize("amount", [10, 30, 1010, 2990])
async def test_after_any_part_each_line_can_still_be_given_back_whole(
    classroom: Classroom, shop: Shop, admin: Person, teacher: Person, student: Person, amount: int
) -> None:
    courses = [await classroom.published(teacher, price=price, currency="kwd") for price in (1000, 1500, 500)]
    payment = await shop.buy(student, *(course["id"] for course in courses))
    assert (await shop.refund(admin, payment["id"], amount=amount)).status_code == 202
    await shop.settle()
    for course in courses:
        answer = await shop.refund(admin, payment["id"], courseId=course["id"])
        assert answer.status_code == 202 or refusal(answer) == (409, "payment_not_refundable"), answer.text
        await shop.settle()
    assert (await student.get(f"/payments/{payment['id']}")).json()["data"]["status"] == "refunded"
    await assert_sound(shop, classroom)
