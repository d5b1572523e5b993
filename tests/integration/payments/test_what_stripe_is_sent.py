"""Every request that we send to Stripe, held against the parameter types of Stripe's own SDK."""

from __future__ import annotations

import re
from typing import Any

import pytest
from stripe import params
from tests.sandbox.stripe.sdk_types import violations
from tests.support.classroom import Classroom
from tests.support.shop import Shop

pytestmark = pytest.mark.anyio

DECLARED: dict[tuple[str, str], Any] = {
    ("POST", "/v1/customers"): params.CustomerCreateParams,
    ("POST", "/v1/customers/{id}"): params.CustomerUpdateParams,
    ("POST", "/v1/payment_intents"): params.PaymentIntentCreateParams,
    ("GET", "/v1/payment_intents"): params.PaymentIntentListParams,
    ("GET", "/v1/payment_intents/{id}"): params.PaymentIntentRetrieveParams,
    ("POST", "/v1/payment_intents/{id}/cancel"): params.PaymentIntentCancelParams,
    ("POST", "/v1/refunds"): params.RefundCreateParams,
    ("GET", "/v1/refunds"): params.RefundListParams,
    ("GET", "/v1/refunds/{id}"): params.RefundRetrieveParams,
    ("GET", "/v1/disputes/{id}"): params.DisputeRetrieveParams,
    ("GET", "/v1/events"): params.EventListParams,
}


async def test_every_request_of_the_whole_story_is_one_that_the_sdk_declares(classroom: Classroom, shop: Shop) -> None:
    teacher, admin = await classroom.person("instructor"), await classroom.person("admin")
    first, second = await classroom.published(teacher), await classroom.published(teacher, price=2000)
    student = await classroom.person("student")
    await shop.start(student, first["id"])
    payment = await shop.buy(student, first["id"], second["id"])
    await student.put("/users/me", {"name": "Another Name"})
    await shop.refund(admin, payment["id"], courseId=second["id"])
    await shop.settle()
    shop.standin.control("POST", "disputes", {"payment_intent": payment["transactionId"]})
    await shop.settle()
    await shop.reconcile()
    gateway = shop.resources.payments
    await gateway.list_refunds(payment["transactionId"])
    await gateway.find_intent(order_id=payment["orderId"], customer_id="cus_unknown")

    seen = set()
    for call in shop.standin.control("GET", "calls")["calls"]:
        if call["method"] == "GET" and call["path"] == "/v1/events" and "starting_after" in call["params"]:
            continue
        shape = (call["method"], _shape(call["path"]))
        seen.add(shape)
        assert violations(call["params"], DECLARED[shape]) == [], call
    assert seen >= DECLARED.keys() - {("GET", "/v1/payment_intents")}


def _shape(path: str) -> str:
    return re.sub(r"/(pi|re|du|cus)_[A-Za-z0-9]+", "/{id}", path)
