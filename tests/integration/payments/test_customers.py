"""The provider's customer of a buyer: made once, and anew when the provider has lost it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.support.books import assert_sound, payable_intents
from tests.support.classroom import Classroom, Person
from tests.support.people import People
from tests.support.shop import Shop

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.mark.parametrize("how", ["deleted", "forgotten"])
async def test_a_buyer_whose_customer_is_gone_at_the_provider_buys_as_before(
    classroom: Classroom, shop: Shop, teacher: Person, student: Person, course: Json, how: str
) -> None:
    await shop.buy(student, course["id"])
    ((lost,),) = await classroom.rows("SELECT provider_customer_id FROM payment_customers")
    if how == "deleted":
        await shop.resources.payments.delete_customer(lost)
    else:
        shop.standin.forget(lost)
    other = await classroom.published(teacher, price=2000)

    answer = await shop.start(student, other["id"])
    assert answer.status_code == 201, answer.text
    ((made,),) = await classroom.rows("SELECT provider_customer_id FROM payment_customers")
    assert made != lost
    assert len(payable_intents(shop)) == 1
    await shop.confirm(answer.json()["data"])
    await shop.settle()
    await assert_sound(shop, classroom)


@pytest.mark.usefixtures("short_stripe_timeout")
async def test_a_buyer_who_changed_their_name_while_the_customer_was_made_buys_all_the_same(
    shop: Shop, student: Person, course: Json
) -> None:
    """The provider refuses a key that comes back with other parameters."""
    shop.standin.set_faults(rules=[{"on": "POST /v1/customers", "applied_unanswered": 1.0}])
    assert (await shop.start(student, course["id"])).status_code == 503
    shop.standin.set_faults()
    assert (await student.put("/users/me", {"name": "Another Name"})).status_code == 200
    assert (await shop.start(student, course["id"])).status_code in {200, 201}
    assert len(payable_intents(shop)) == 1


async def test_the_customer_follows_the_name_and_the_confirmed_address(
    classroom: Classroom, shop: Shop, people: People, student: Person, course: Json
) -> None:
    await shop.buy(student, course["id"])
    me = (await student.get("/users/me")).json()["data"]
    assert await _customer(classroom, shop) == (me["email"], me["name"])
    assert (await student.put("/users/me", {"name": "Another Name"})).status_code == 200
    password = f"a-long-one-{student.name.rpartition('Number')[2]}!"
    body = {"currentPassword": password, "email": "anna@bücher.example"}
    assert (await student.put("/users/me/email", body)).status_code == 200
    token = await people.token_from("anna@xn--bcher-kva.example", kind="confirm_email")
    assert await _customer(classroom, shop) == (me["email"], "Another Name")
    await people.client.post("/api/v1/users/verify-email", json={"token": token})
    await people.run_jobs()
    assert await _customer(classroom, shop) == ("anna@xn--bcher-kva.example", "Another Name")


async def test_an_intent_is_readable_at_the_provider(shop: Shop, student: Person, course: Json) -> None:
    me = (await student.get("/users/me")).json()["data"]
    payment = await shop.buy(student, course["id"])
    intent = _retrieve(shop, f"/v1/payment_intents/{payment['transactionId']}")
    assert (intent["description"], intent["receipt_email"]) == (course["title"], me["email"])


async def _customer(classroom: Classroom, shop: Shop) -> tuple[str, str]:
    ((customer_id,),) = await classroom.rows("SELECT provider_customer_id FROM payment_customers")
    customer = _retrieve(shop, f"/v1/customers/{customer_id}")
    return customer["email"], customer["name"]


def _retrieve(shop: Shop, path: str) -> Json:
    secret = shop.resources.settings.stripe.stripe_secret_key.get_secret_value()
    answer = httpx.get(shop.standin.url + path, auth=(secret, ""))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
