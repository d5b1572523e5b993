"""A failure that the provider answered with is repeated under the same key: the next attempt has another one."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.books import assert_sound
from tests.support.classroom import Classroom, Person, refusal
from tests.support.shop import Shop

from coursify.modules.payments.services.execute_refund import execute_refund

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


@pytest.mark.parametrize("fault", ["server_error", "applied_server_error"])
async def test_a_buyer_whose_customer_could_not_be_made_buys_once_the_provider_is_well(
    classroom: Classroom, shop: Shop, student: Person, course: Json, fault: str
) -> None:
    shop.standin.set_faults(**{fault: 1.0}, only=["POST /v1/customers"])
    assert refusal(await shop.start(student, course["id"])) == (503, "payment_provider_unavailable")
    shop.standin.set_faults()
    answer = await shop.start(student, course["id"])
    assert answer.status_code in {200, 201}
    await shop.confirm(answer.json()["data"])
    await shop.settle()
    seen = (await student.get(f"/payments/{answer.json()['data']['payment']['id']}")).json()["data"]
    assert seen["status"] == "succeeded"
    await assert_sound(shop, classroom)


@pytest.mark.parametrize("fault", ["server_error", "applied_server_error"])
async def test_a_refund_that_the_provider_failed_to_make_is_made_once(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json, fault: str
) -> None:
    payment = await shop.buy(student, course["id"])
    shop.standin.set_faults(**{fault: 1.0}, only=["POST /v1/refunds"])
    assert (await shop.refund(admin, payment["id"], amount=1000)).status_code == 202
    await shop.run_jobs()
    shop.standin.set_faults()
    ((refund_id,),) = await classroom.rows("SELECT id FROM refunds")
    await execute_refund(shop.resources.database, shop.resources.payments, refund_id=refund_id)  # the job's next try
    await shop.settle()
    seen = (await student.get(f"/payments/{payment['id']}")).json()["data"]
    assert [(refund["status"], refund["amount"]) for refund in seen["refunds"]] == [("succeeded", 1000)]
    await assert_sound(shop, classroom)
