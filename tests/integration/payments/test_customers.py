"""The provider's customer of a buyer: made once, and anew when the provider has lost it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.books import assert_sound, payable_intents
from tests.support.classroom import Classroom, Person
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
