"""Rejected refunds have Stripe's codes and messages."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from tests.sandbox.stripe.conftest import SDK_WARNING
from tests.support.stripe_standin import StripeStandin

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("standin"), pytest.mark.filterwarnings(SDK_WARNING)]


async def pay(client: stripe.StripeClient, amount: int = 5000, currency: str = "usd", **more: Any) -> str:
    parameters: Any = {
        "amount": amount,
        "currency": currency,
        "confirm": True,
        "payment_method": "pm_card_visa",
        **more,
    }
    return (await client.v1.payment_intents.create_async(parameters)).id


async def refund_error(client: stripe.StripeClient, **parameters: Any) -> tuple[str | None, str | None, str]:
    """The code, the parameter and the message of a rejected refund."""
    params: Any = parameters
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await client.v1.refunds.create_async(params)
    assert refused.value.http_status == 400
    return refused.value.code, refused.value.param, refused.value.user_message or ""


async def test_a_fully_refunded_charge_cannot_be_refunded_again(client: stripe.StripeClient) -> None:
    intent = await pay(client)
    charge = (await client.v1.refunds.create_async({"payment_intent": intent})).charge
    message = f"Charge {charge} has already been refunded."
    assert await refund_error(client, payment_intent=intent) == ("charge_already_refunded", None, message)
    assert await refund_error(client, payment_intent=intent, amount=1) == ("charge_already_refunded", None, message)


@pytest.mark.parametrize(
    ("amount", "currency", "prices"),
    [
        (5000, "usd", ("$40.01", "$40.00")),
        (5000, "eur", ("€40.01", "€40.00")),
        (5000, "jpy", ("¥4,001", "¥4,000")),
        (5000, "chf", ("CHF 40.01", "CHF 40.00")),
    ],
)
async def test_more_than_the_remaining_amount_cannot_be_refunded(
    client: stripe.StripeClient, amount: int, currency: str, prices: tuple[str, str]
) -> None:
    intent = await pay(client, amount, currency)
    code, param, message = await refund_error(client, payment_intent=intent, amount=5001)
    assert (code, param) == (None, "amount")
    assert "is greater than charge amount" in message
    await client.v1.refunds.create_async({"payment_intent": intent, "amount": 1000})
    expected = f"Refund amount ({prices[0]}) is greater than unrefunded amount on charge ({prices[1]})"
    assert await refund_error(client, payment_intent=intent, amount=4001) == (None, "amount", expected)


async def test_a_pending_refund_counts_and_a_failed_one_does_not(
    client: stripe.StripeClient, standin: StripeStandin
) -> None:
    intent = await pay(client, payment_method="pm_card_pendingRefund")
    pending = await client.v1.refunds.create_async({"payment_intent": intent, "amount": 3000})
    assert pending.status == "pending"
    charge = await client.v1.charges.retrieve_async(str(pending.charge))
    assert (charge.amount_refunded, charge.refunded) == (3000, False)
    assert (await refund_error(client, payment_intent=intent, amount=2001))[:2] == (None, "amount")
    standin.settle_refund(pending.id, "failed")
    assert (await client.v1.refunds.create_async({"payment_intent": intent})).amount == 5000


@pytest.mark.parametrize("status", ["needs_response", "under_review", "lost"])
async def test_a_disputed_charge_cannot_be_refunded(
    client: stripe.StripeClient, standin: StripeStandin, status: str
) -> None:
    intent = await pay(client)
    dispute = standin.open_dispute(intent)
    standin.settle_dispute(dispute["id"], status)
    message = f"Charge {dispute['charge']} has been charged back; cannot issue a refund."
    assert await refund_error(client, payment_intent=intent) == ("charge_disputed", None, message)
    standin.settle_dispute(dispute["id"], "won")
    assert (await client.v1.refunds.create_async({"payment_intent": intent})).amount == 5000


@pytest.mark.parametrize(
    ("amount", "currency", "amount_out_of_step"), [(10000, "isk", 5050), (10000, "ugx", 9901), (10000, "kwd", 9995)]
)
async def test_an_amount_out_of_step_cannot_be_refunded(
    client: stripe.StripeClient, amount: int, currency: str, amount_out_of_step: int
) -> None:
    intent = await pay(client, amount, currency)
    code, param, _ = await refund_error(client, payment_intent=intent, amount=amount_out_of_step)
    assert (code, param) == ("parameter_invalid_integer", "amount")


async def test_an_intent_without_a_successful_charge_cannot_be_refunded(client: stripe.StripeClient) -> None:
    unpaid = (await client.v1.payment_intents.create_async({"amount": 5000, "currency": "usd"})).id
    message = f"This PaymentIntent ({unpaid}) does not have a successful charge to refund."
    assert await refund_error(client, payment_intent=unpaid) == (None, "payment_intent", message)
    with pytest.raises(stripe.CardError):
        await client.v1.payment_intents.confirm_async(unpaid, {"payment_method": "pm_card_chargeDeclined"})
    assert await refund_error(client, payment_intent=unpaid) == (None, "payment_intent", message)
    failed = (await client.v1.payment_intents.retrieve_async(unpaid)).latest_charge
    assert await refund_error(client, charge=failed) == (None, "charge", message)


async def test_an_unknown_intent_cannot_be_refunded(client: stripe.StripeClient) -> None:
    assert await refund_error(client, payment_intent="pi_none") == (
        "resource_missing",
        "payment_intent",
        "No such payment_intent: 'pi_none'",
    )
    assert (await refund_error(client))[:2] == (None, None)
