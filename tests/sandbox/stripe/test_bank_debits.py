"""A SEPA debit is processing for days before it succeeds or fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import stripe
from tests.sandbox.stripe.conftest import SDK_WARNING, Receiver
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings(SDK_WARNING)]

SUCCEEDS, FAILS = "DE89370400440532013000", "DE62370400440532013001"
BUYER = {"name": "Ada Example", "email": "ada@example.com"}


@pytest.fixture(autouse=True)
def default_settings(standin: StripeStandin) -> Iterator[None]:
    yield
    standin.set_settings()


async def new_intent(client: stripe.StripeClient, currency: str = "eur", **more: Any) -> stripe.PaymentIntent:
    parameters: Any = {"amount": 4999, "currency": currency, "automatic_payment_methods": {"enabled": True}, **more}
    return await client.v1.payment_intents.create_async(parameters)


async def debit(client: stripe.StripeClient, token: str, **more: Any) -> stripe.PaymentIntent:
    return await new_intent(client, payment_method=token, confirm=True, **more)


async def read(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> stripe.PaymentIntent:
    return await client.v1.payment_intents.retrieve_async(intent.id, {"expand": ["latest_charge.balance_transaction"]})


def confirm_in_browser(
    browser: httpx.Client, standin: StripeStandin, intent: stripe.PaymentIntent, iban: str
) -> httpx.Response:
    """Post what Stripe.js posts for a SEPA debit."""
    sent = {
        "key": standin.publishable_key,
        "client_secret": intent.client_secret or "",
        "payment_method_data[type]": "sepa_debit",
        "payment_method_data[sepa_debit][iban]": iban,
        "payment_method_data[billing_details][name]": BUYER["name"],
        "payment_method_data[billing_details][email]": BUYER["email"],
        "mandate_data[customer_acceptance][type]": "online",
        "mandate_data[customer_acceptance][online][infer_from_client]": "true",
        "return_url": "https://shop.example.com",
    }
    return browser.post(f"/v1/payment_intents/{intent.id}/confirm", data=sent)


async def test_a_browser_starts_a_debit_that_succeeds_after_three_days(
    standin: StripeStandin, client: stripe.StripeClient, browser: httpx.Client, receiver: Receiver
) -> None:
    intent = await new_intent(client)
    confirmed = confirm_in_browser(browser, standin, intent, "DE89 3704 0044 0532 0130 00")
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "processing")
    event = receiver.wait_for("payment_intent.processing", intent.id)
    assert event["data"]["object"]["amount_received"] == 0
    receiver.wait_for("charge.pending", intent.id)

    standin.advance(days=2.99)
    waiting = await read(client, intent)
    assert isinstance(waiting.latest_charge, stripe.Charge)
    charge = waiting.latest_charge
    assert (waiting.status, charge.status, charge.paid, charge.balance_transaction) == (
        "processing",
        "pending",
        False,
        None,
    )

    standin.advance(days=0.01)
    paid = await read(client, intent)
    assert isinstance(paid.latest_charge, stripe.Charge)
    assert (paid.status, paid.amount_received, paid.latest_charge.id) == ("succeeded", 4999, charge.id)
    assert (paid.latest_charge.status, paid.latest_charge.paid) == ("succeeded", True)
    assert isinstance(paid.latest_charge.balance_transaction, stripe.BalanceTransaction)
    assert paid.latest_charge.balance_transaction.type == "payment"
    receiver.wait_for("charge.succeeded", intent.id)
    receiver.wait_for("payment_intent.succeeded", intent.id)


@pytest.mark.parametrize(
    ("token", "code"), [("pm_failed_de", "debit_not_authorized"), ("pm_insufficientFunds_de", "insufficient_funds")]
)
async def test_a_debit_that_fails_leaves_the_intent_payable(
    standin: StripeStandin, client: stripe.StripeClient, receiver: Receiver, token: str, code: str
) -> None:
    intent = await debit(client, token)
    assert intent.status == "processing"
    standin.advance(days=3)
    failed = await read(client, intent)
    assert (failed.status, failed.payment_method, failed.amount_received) == ("requires_payment_method", None, 0)
    assert failed.last_payment_error is not None
    assert failed.last_payment_error.code == code
    assert "decline_code" not in failed.last_payment_error
    assert isinstance(failed.latest_charge, stripe.Charge)
    assert (failed.latest_charge.status, failed.latest_charge.failure_code) == ("failed", code)
    receiver.wait_for("charge.failed", intent.id)
    receiver.wait_for("payment_intent.payment_failed", intent.id)
    paid = await client.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)
    assert paid.latest_charge != failed.latest_charge.id


async def test_the_duration_of_a_debit_can_be_set(standin: StripeStandin, client: stripe.StripeClient) -> None:
    assert standin.control("GET", "settings") == {"debit_days": 3.0}
    assert standin.set_settings(debit_days=10) == {"debit_days": 10.0}
    slow = await debit(client, "pm_success_de")
    standin.set_settings(debit_days=1)
    fast = await debit(client, "pm_success_de")
    standin.advance(days=2)
    assert [(await read(client, one)).status for one in (slow, fast)] == ["processing", "succeeded"]
    standin.kill()
    standin.start()
    assert standin.control("GET", "settings") == {"debit_days": 1.0}
    standin.advance(days=8)
    assert (await read(client, slow)).status == "succeeded"


@pytest.mark.parametrize("settings", [{"debit_days": -1}, {"debit_days": "3"}, {"debit_days": True}, {"color": 1}])
def test_an_invalid_setting_is_rejected(standin: StripeStandin, settings: dict[str, object]) -> None:
    response = httpx.post(f"{standin.url}/_control/settings", json=settings, **PLAIN)
    assert response.status_code == 400
    assert standin.control("GET", "settings") == {"debit_days": 3.0}


async def test_a_processing_debit_can_be_neither_canceled_nor_confirmed_nor_repriced(
    client: stripe.StripeClient,
) -> None:
    intent = await debit(client, "pm_success_de")
    for attempt in (
        client.v1.payment_intents.cancel_async(intent.id),
        client.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"}),
        client.v1.payment_intents.update_async(intent.id, {"amount": 100}),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await attempt
        assert refused.value.code == "payment_intent_unexpected_state"
    changed = await client.v1.payment_intents.update_async(intent.id, {"metadata": {"note": "kept"}})
    assert (changed.status, changed.metadata.to_dict()) == ("processing", {"note": "kept"})


async def test_a_disputed_debit_is_lost_at_once(
    standin: StripeStandin, client: stripe.StripeClient, receiver: Receiver
) -> None:
    intent = await debit(client, "pm_disputed_de")
    standin.advance(days=3)
    dispute = (await client.v1.disputes.list_async({"payment_intent": intent.id})).data[0]
    assert (dispute.status, dispute.reason, dispute.amount) == ("lost", "debit_not_authorized", 4999)
    for event in ("created", "funds_withdrawn", "closed"):
        receiver.wait_for(f"charge.dispute.{event}", dispute.id)


async def test_a_paid_debit_can_be_refunded(standin: StripeStandin, client: stripe.StripeClient) -> None:
    intent = await debit(client, "pm_success_de")
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge to refund"):
        await client.v1.refunds.create_async({"payment_intent": intent.id})
    standin.advance(days=3)
    refund = await client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 999})
    assert (refund.status, refund.amount, refund.destination_details) == ("succeeded", 999, None)


async def test_an_intent_lists_the_payment_methods_of_its_currency(client: stripe.StripeClient) -> None:
    euros, dollars = await new_intent(client, "eur"), await new_intent(client, "usd")
    assert (euros.payment_method_types, dollars.payment_method_types) == (["card", "sepa_debit"], ["card"])
    changed = await client.v1.payment_intents.update_async(dollars.id, {"currency": "eur"})
    assert changed.payment_method_types == ["card", "sepa_debit"]
    only = await new_intent(client, "eur", allowed_payment_method_types=["sepa_debit"])
    assert only.payment_method_types == ["sepa_debit"]
    with pytest.raises(stripe.InvalidRequestError, match="only supports the following currencies: eur"):
        await new_intent(client, "usd", allowed_payment_method_types=["sepa_debit"])


async def test_a_payment_method_that_is_not_allowed_is_rejected(client: stripe.StripeClient) -> None:
    dollars = await new_intent(client, "usd")
    only_debits = await new_intent(client, "eur", allowed_payment_method_types=["sepa_debit"])
    for intent, token in ((dollars, "pm_success_de"), (only_debits, "pm_card_visa")):
        with pytest.raises(stripe.InvalidRequestError, match="is not allowed for this PaymentIntent") as refused:
            await client.v1.payment_intents.confirm_async(intent.id, {"payment_method": token})
        assert refused.value.code == "payment_intent_incompatible_payment_method"
        assert (await read(client, intent)).status == "requires_payment_method"


@pytest.mark.parametrize(
    ("iban", "billing", "code"),
    [
        ("DE89370400440532013001", BUYER, "invalid_bank_account_iban"),
        ("no iban", BUYER, "invalid_bank_account_iban"),
        ("GB82WEST12345698765432", BUYER, "payment_method_invalid_parameter_testmode"),
        (SUCCEEDS, {"name": "Ada Example"}, "parameter_missing"),
        (SUCCEEDS, {"email": "ada@example.com"}, "parameter_missing"),
    ],
)
async def test_an_invalid_bank_account_is_rejected(
    client: stripe.StripeClient, iban: str, billing: dict[str, str], code: str
) -> None:
    parameters: Any = {"type": "sepa_debit", "sepa_debit": {"iban": iban}, "billing_details": billing}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await client.v1.payment_methods.create_async(parameters)
    assert refused.value.code == code


async def test_a_payment_method_shows_only_the_end_of_an_iban(client: stripe.StripeClient) -> None:
    parameters: Any = {"type": "sepa_debit", "sepa_debit": {"iban": FAILS}, "billing_details": BUYER}
    method = await client.v1.payment_methods.create_async(parameters)
    assert method.sepa_debit is not None
    assert (method.sepa_debit.last4, method.sepa_debit.country, method.sepa_debit.bank_code) == (
        "3001",
        "DE",
        "37040044",
    )
    assert FAILS not in str(method)


async def test_the_control_api_finishes_a_debit_early(standin: StripeStandin, client: stripe.StripeClient) -> None:
    paid, failed = await debit(client, "pm_failed_de"), await debit(client, "pm_success_de")
    assert standin.settle_intent(paid.id, "succeeded")["status"] == "succeeded"
    error = standin.settle_intent(failed.id, "failed", code="payment_intent_payment_attempt_failed")
    assert error["last_payment_error"]["code"] == "payment_intent_payment_attempt_failed"
    assert "decline_code" not in error["last_payment_error"]
    standin.advance(days=4)
    assert [(await read(client, one)).status for one in (paid, failed)] == ["succeeded", "requires_payment_method"]


async def test_a_payment_that_the_control_api_made_processing_waits_for_the_control_api(
    standin: StripeStandin, client: stripe.StripeClient
) -> None:
    intent = await new_intent(client)
    standin.settle_intent(intent.id, "processing")
    standin.advance(days=30)
    assert (await read(client, intent)).status == "processing"
    assert standin.settle_intent(intent.id, "failed")["last_payment_error"]["decline_code"] == "generic_decline"
