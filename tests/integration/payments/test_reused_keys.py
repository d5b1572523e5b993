"""A key under which an earlier version sent other parameters: what it made is adopted, and nobody pays twice."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.books import assert_sound, open_items, payable_intents
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop

from coursify.core.money import Money
from coursify.integrations.stripe import StripeGateway
from coursify.modules.payments.services.ensure_intent import ensure_intent

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.usefixtures("short_stripe_timeout")]
Json = dict[str, Any]

INTENTS = "POST /v1/payment_intents"


async def leave_without_intent(shop: Shop, buyer: Person, course: Json) -> None:
    """The order exists and the provider was never reached."""
    shop.standin.set_faults(rules=[{"on": INTENTS, "timeout": 1.0}])
    assert (await shop.start(buyer, course["id"])).status_code == 503
    shop.standin.set_faults()


async def earlier_version_asks(shop: Shop, classroom: Classroom, *, amount: int, paid: bool = False) -> str:
    """An earlier version sends its parameters under the order's key, and ends before it records the intent."""
    ((order_id, customer_id),) = await classroom.rows(
        "SELECT orders.id, provider_customer_id FROM orders JOIN payment_customers USING (user_id)"
    )
    gateway = StripeGateway(shop.resources.settings.stripe, site="https://before.example.com")
    fact = await gateway.create_intent(
        order_id=str(order_id), amount=Money(amount, "usd"), customer_id=customer_id, key=f"order:{order_id}:a1"
    )
    await gateway.close()
    if paid:
        confirmed = await shop.confirm({"payment": {"transactionId": fact.id}, "clientSecret": fact.client_secret})
        assert confirmed.status_code == 200, confirmed.text
    return fact.id


async def test_the_intent_of_an_earlier_version_is_adopted(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    await leave_without_intent(shop, student, course)
    made = await earlier_version_asks(shop, classroom, amount=course["price"])
    again = await shop.start(student, course["id"])
    assert again.status_code == 200, again.text
    assert again.json()["data"]["payment"]["transactionId"] == made
    assert [intent["id"] for intent in payable_intents(shop)] == [made]
    await shop.confirm(again.json()["data"])
    await shop.settle()
    assert shop.standin.ledger()["totals"]["usd"]["net"] == course["price"]
    assert await open_items(classroom) == []
    await assert_sound(shop, classroom)


async def test_an_intent_of_an_earlier_version_that_was_paid_opens_the_course_without_a_second_charge(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    await leave_without_intent(shop, student, course)
    made = await earlier_version_asks(shop, classroom, amount=course["price"], paid=True)
    ((order_id,),) = await classroom.rows("SELECT id FROM orders")
    resources = shop.resources
    payment = await ensure_intent(resources.database, resources.payments, resources.sealer, order_id=order_id)
    assert (payment.provider_payment_id, payment.is_settled) == (made, True)
    assert refusal(await shop.start(student, course["id"])) == (409, "already_enrolled")
    await shop.settle()
    assert shop.standin.ledger()["totals"]["usd"]["net"] == course["price"]
    await assert_sound(shop, classroom)


async def test_an_intent_of_another_amount_is_not_adopted_and_what_it_takes_is_given_back(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    await leave_without_intent(shop, student, course)
    wrong = await earlier_version_asks(shop, classroom, amount=course["price"] * 2, paid=True)
    again = await shop.start(student, course["id"])
    assert again.status_code == 200, again.text
    checkout = again.json()["data"]
    assert checkout["payment"]["transactionId"] != wrong
    await shop.confirm(checkout)
    await shop.settle()
    seen = (await student.get(f"/payments/{checkout['payment']['id']}")).json()["data"]
    assert (seen["status"], seen["amount"]) == ("succeeded", course["price"])
    totals = shop.standin.ledger()["totals"]["usd"]
    assert totals["net"] == course["price"], "the other amount is back with the buyer"
    await assert_sound(shop, classroom)


async def test_a_key_whose_first_request_made_nothing_gives_way_to_the_next_one(
    classroom: Classroom, shop: Shop, student: Person, course: Json
) -> None:
    await leave_without_intent(shop, student, course)
    canceled = await earlier_version_asks(shop, classroom, amount=course["price"])
    await shop.resources.payments.cancel_intent(canceled)
    again = await shop.start(student, course["id"])
    assert again.status_code == 200, again.text
    (intent,) = payable_intents(shop)
    assert again.json()["data"]["payment"]["transactionId"] == intent["id"]
    assert await classroom.rows("SELECT attempt FROM payments") == [(2,)]
    assert await open_items(classroom) == []
