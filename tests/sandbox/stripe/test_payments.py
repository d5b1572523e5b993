"""An intent is paid, declined, authenticated or canceled, depending on the test card."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import stripe
from tests.sandbox.stripe.conftest import SDK_WARNING, Receiver
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("standin"), pytest.mark.filterwarnings(SDK_WARNING)]


async def new_intent(client: stripe.StripeClient, amount: int = 4999) -> stripe.PaymentIntent:
    return await client.v1.payment_intents.create_async(
        {"amount": amount, "currency": "usd", "metadata": {"order": "7"}}
    )


async def test_a_payment_has_a_charge_a_fee_and_events(client: stripe.StripeClient, receiver: Receiver) -> None:
    intent = await new_intent(client)
    await client.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})
    paid = await client.v1.payment_intents.retrieve_async(
        intent.id,
        {"expand": ["latest_charge.balance_transaction", "payment_method"]},
    )
    assert (paid.status, paid.amount_received) == ("succeeded", 4999)
    charge = paid.latest_charge
    assert isinstance(charge, stripe.Charge)
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert (charge.balance_transaction.fee, charge.balance_transaction.net) == (175, 4824)
    event = receiver.wait_for("payment_intent.succeeded", intent.id)
    assert event["data"]["object"]["metadata"] == {"order": "7"}
    receiver.wait_for("charge.succeeded", intent.id)


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ],
)
async def test_a_declined_card_leaves_the_intent_payable(
    client: stripe.StripeClient,
    receiver: Receiver,
    card: str,
    code: str,
    decline_code: str,
) -> None:
    intent = await new_intent(client)
    with pytest.raises(stripe.CardError) as refused:
        await client.v1.payment_intents.confirm_async(intent.id, {"payment_method": card})
    error: Any = refused.value.error
    assert (refused.value.http_status, error.code, error.decline_code) == (402, code, decline_code)
    assert error.payment_intent.id == intent.id
    after = await client.v1.payment_intents.retrieve_async(intent.id)
    assert after.status == "requires_payment_method"
    assert after.last_payment_error is not None
    assert after.last_payment_error.decline_code == decline_code
    receiver.wait_for("payment_intent.payment_failed", intent.id)
    receiver.wait_for("charge.failed", intent.id)
    paid = await client.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)


async def waiting_intent(client: stripe.StripeClient) -> tuple[stripe.PaymentIntent, str]:
    intent = await new_intent(client)
    waiting = await client.v1.payment_intents.confirm_async(
        intent.id,
        {"payment_method": "pm_card_threeDSecure2Required", "return_url": "https://shop.example/back?order=7"},
    )
    assert waiting.status == "requires_action"
    assert waiting.next_action is not None
    assert waiting.next_action.redirect_to_url is not None
    return waiting, waiting.next_action.redirect_to_url.url or ""


def submit_outcome(page: str, outcome: str) -> httpx.Response:
    return httpx.post(page, data={"outcome": outcome}, **PLAIN)


def get_approval_page(page: str) -> str:
    return httpx.get(page, **PLAIN).text


async def test_an_approved_authentication_pays_the_intent(client: stripe.StripeClient, receiver: Receiver) -> None:
    intent, page = await waiting_intent(client)
    receiver.wait_for("payment_intent.requires_action", intent.id)
    assert "Approve" in get_approval_page(page)
    back = submit_outcome(page, "approve")
    assert back.status_code == 303
    assert back.headers["location"].startswith(f"https://shop.example/back?order=7&payment_intent={intent.id}")
    assert back.headers["location"].endswith("redirect_status=succeeded")
    receiver.wait_for("payment_intent.succeeded", intent.id)
    assert submit_outcome(page, "approve").status_code == 404


async def test_a_declined_authentication_leaves_the_intent_payable(client: stripe.StripeClient) -> None:
    intent, page = await waiting_intent(client)
    assert submit_outcome(page, "decline").headers["location"].endswith("=failed")
    after = await client.v1.payment_intents.retrieve_async(intent.id)
    assert after.status == "requires_payment_method"
    assert after.last_payment_error is not None
    assert after.last_payment_error.code == "payment_intent_authentication_failure"


async def test_an_unknown_authentication_page_or_outcome_is_rejected(client: stripe.StripeClient) -> None:
    intent, page = await waiting_intent(client)
    assert submit_outcome(page + "x", "approve").status_code == 404
    assert submit_outcome(page, "maybe").status_code == 400
    assert (await client.v1.payment_intents.retrieve_async(intent.id)).status == "requires_action"


async def test_authentication_is_impossible_off_session(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as refused:
        await client.v1.payment_intents.create_async(
            {
                "amount": 4999,
                "currency": "usd",
                "confirm": True,
                "off_session": True,
                "payment_method": "pm_card_threeDSecure2Required",
            },
        )
    assert refused.value.code == "authentication_required"


async def test_a_canceled_intent_cannot_be_paid(client: stripe.StripeClient, receiver: Receiver) -> None:
    intent = await new_intent(client)
    canceled = await client.v1.payment_intents.cancel_async(intent.id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    receiver.wait_for("payment_intent.canceled", intent.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await client.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})
    assert refused.value.code == "payment_intent_unexpected_state"


async def test_a_paid_intent_can_be_neither_canceled_nor_paid_again_nor_repriced(client: stripe.StripeClient) -> None:
    intent = await new_intent(client)
    await client.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})
    for attempt in (
        client.v1.payment_intents.cancel_async(intent.id),
        client.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"}),
        client.v1.payment_intents.update_async(intent.id, {"amount": 100}),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await attempt
        assert refused.value.code == "payment_intent_unexpected_state"
        error: Any = refused.value.error
        assert error.payment_intent.status == "succeeded"
    changed = await client.v1.payment_intents.update_async(intent.id, {"metadata": {"note": "kept"}})
    assert changed.metadata.to_dict() == {"order": "7", "note": "kept"}


async def test_an_intent_without_a_payment_method_cannot_be_confirmed(client: stripe.StripeClient) -> None:
    intent = await new_intent(client)
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        await client.v1.payment_intents.confirm_async(intent.id)


async def test_an_open_intent_can_be_repriced(client: stripe.StripeClient) -> None:
    intent = await new_intent(client)
    changed = await client.v1.payment_intents.update_async(intent.id, {"amount": 2500, "description": "A course"})
    assert (changed.amount, changed.description) == (2500, "A course")


async def test_lists_are_filtered_and_paged_newest_first(client: stripe.StripeClient, standin: StripeStandin) -> None:
    customer = await client.v1.customers.create_async({"email": "pages@example.com"})
    made = []
    for seconds in range(5):
        standin.control("POST", "clock", {"offset_seconds": seconds * 100})
        intent = await client.v1.payment_intents.create_async(
            {"amount": 100, "currency": "usd", "customer": customer.id}
        )
        made.append(intent)
    wanted = [intent.id for intent in reversed(made)]
    first = await client.v1.payment_intents.list_async({"customer": customer.id, "limit": 2})
    assert first.has_more
    found = [intent.id async for intent in first.auto_paging_iter()]
    assert found == wanted
    before = await client.v1.payment_intents.list_async(
        {"customer": customer.id, "ending_before": wanted[2], "limit": 1}
    )
    assert ([intent.id for intent in before.data], before.has_more) == ([wanted[1]], True)
    late = await client.v1.payment_intents.list_async({"customer": customer.id, "created": {"gte": made[3].created}})
    assert [intent.id for intent in late.data] == wanted[:2]
    found_customers = await client.v1.customers.list_async({"email": "pages@example.com"})
    assert [one.id for one in found_customers.data] == [customer.id]


async def test_a_list_can_expand_references(client: stripe.StripeClient) -> None:
    customer = await client.v1.customers.create_async()
    intent = await new_intent(client)
    await client.v1.payment_intents.update_async(intent.id, {"customer": customer.id})
    await client.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})
    page = await client.v1.payment_intents.list_async({"customer": customer.id, "expand": ["data.latest_charge"]})
    assert isinstance(page.data[0].latest_charge, stripe.Charge)
    charges = await client.v1.charges.list_async({"payment_intent": intent.id})
    assert [charge.id for charge in charges.data] == [page.data[0].latest_charge.id]


async def test_a_deleted_customer_has_only_the_deleted_flag(client: stripe.StripeClient, receiver: Receiver) -> None:
    customer = await client.v1.customers.create_async({"email": "gone@example.com"})
    assert (await client.v1.customers.delete_async(customer.id)).deleted
    after = await client.v1.customers.retrieve_async(customer.id)
    assert after.to_dict() == {"id": customer.id, "object": "customer", "deleted": True}
    receiver.wait_for("customer.deleted", customer.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await client.v1.payment_intents.create_async({"amount": 100, "currency": "usd", "customer": customer.id})
    assert (refused.value.http_status, refused.value.code) == (400, "resource_missing")


async def test_money_becomes_available_after_two_days(client: stripe.StripeClient, standin: StripeStandin) -> None:
    intent = await new_intent(client)
    await client.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})
    newest = (await client.v1.balance_transactions.list_async({"limit": 1})).data[0]
    assert newest.status == "pending"
    standin.control("POST", "clock", {"advance_seconds": 2 * 24 * 3600})
    assert (await client.v1.balance_transactions.retrieve_async(newest.id)).status == "available"
