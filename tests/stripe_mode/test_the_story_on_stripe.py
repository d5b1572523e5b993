"""The story's money, on Stripe itself where a test key is set (`make test-stripe`), on the stand-in elsewhere.

No webhook reaches a laptop: events are asked for, as the reconciler does.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import AsyncIterator

import httpx
import pytest
import stripe
from fastapi import FastAPI
from pydantic import SecretStr
from tests.support.classroom import Classroom
from tests.support.shop import new_key

from coursify import app as application
from coursify import worker
from coursify.core.database import Connection
from coursify.core.settings import Settings
from coursify.modules.webhooks.jobs import reconcile_recent
from coursify.resources import open_resources

pytestmark = pytest.mark.anyio
TEST_KEY = os.environ.get("STRIPE_TEST_SECRET_KEY", "")


@pytest.fixture
def on_stripe(settings: Settings) -> Settings:
    """The settings, with Stripe's test mode where its key is given; a live key is never used."""
    if not TEST_KEY:
        return settings
    assert TEST_KEY.startswith(("sk_test_", "rk_test_")), "STRIPE_TEST_SECRET_KEY must be a test key"
    changed = settings.stripe.model_copy(
        update={"stripe_secret_key": SecretStr(TEST_KEY), "stripe_api_base": "https://api.stripe.com"}
    )
    return dataclasses.replace(settings, stripe=changed)


@pytest.fixture
async def school(on_stripe: Settings, clean: None, db: Connection) -> AsyncIterator[Classroom]:
    built: FastAPI = application.build(on_stripe)
    async with built.router.lifespan_context(built):
        transport = httpx.ASGITransport(app=application.wrap(built, on_stripe), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", timeout=60) as client:
            yield Classroom(built, client, db)


@pytest.fixture
async def sdk(on_stripe: Settings) -> AsyncIterator[stripe.StripeClient]:
    transport = stripe.HTTPXClient()
    yield stripe.StripeClient(
        on_stripe.stripe.stripe_secret_key.get_secret_value(),
        base_addresses={"api": on_stripe.stripe.stripe_api_base},
        http_client=transport,
    )
    await transport.close_async()  # type: ignore[no-untyped-call]  # the SDK left it untyped


async def test_a_course_is_declined_paid_and_refunded(
    on_stripe: Settings, school: Classroom, sdk: stripe.StripeClient
) -> None:
    course = await school.published(await school.person("instructor"), price=4900)
    student, admin = await school.person("student"), await school.person("admin")
    headers = {"Idempotency-Key": new_key()}
    checkout = (await student.post("/payments", {"courseId": course["id"]}, headers=headers)).json()["data"]
    intent_id, path = checkout["payment"]["transactionId"], f"/payments/{checkout['payment']['id']}"

    async def settle() -> str:
        """What Stripe knows reaches us, every job runs; the payment's status."""
        async with open_resources(on_stripe) as resources, worker.open_queue(resources, with_clock=False) as queue:
            await reconcile_recent(resources)
            await worker.run_due(queue)
            await reconcile_recent(resources)
            await worker.run_due(queue)
        return str((await student.get(path)).json()["data"]["status"])

    with pytest.raises(stripe.CardError):
        await _confirm(sdk, intent_id, "pm_card_visa_chargeDeclined")
    assert (await student.get(path)).json()["data"]["lastError"]["code"]
    await _confirm(sdk, intent_id, "pm_card_visa")
    assert await settle() == "succeeded"

    refund = {"paymentId": checkout["payment"]["id"], "reason": "changed their mind"}
    answer = await admin.post("/payments/refund", refund, headers={"Idempotency-Key": new_key()})
    assert answer.status_code == 202, answer.text
    assert await settle() == "refunded"


async def _confirm(sdk: stripe.StripeClient, intent_id: str, card: str) -> None:
    await sdk.v1.payment_intents.confirm_async(
        intent_id, {"payment_method": card, "return_url": "https://school.example.com/thanks"}
    )
