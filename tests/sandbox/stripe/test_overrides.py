"""States that a shop did not request: the control API sets them, and Stripe's API returns them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import stripe
from tests.sandbox.stripe.conftest import SDK_WARNING, Receiver
from tests.sandbox.stripe.sdk_types import violations
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("standin"), pytest.mark.filterwarnings(SDK_WARNING)]


async def new_intent(client: stripe.StripeClient, **more: Any) -> stripe.PaymentIntent:
    parameters: Any = {"amount": 5000, "currency": "usd", **more}
    return await client.v1.payment_intents.create_async(parameters)


async def pay(client: stripe.StripeClient) -> stripe.PaymentIntent:
    return await new_intent(client, confirm=True, payment_method="pm_card_visa")


async def charge_of(client: stripe.StripeClient, intent: stripe.PaymentIntent) -> stripe.Charge:
    expand: Any = {"expand": ["latest_charge.balance_transaction"]}
    charge = (await client.v1.payment_intents.retrieve_async(intent.id, expand)).latest_charge
    assert isinstance(charge, stripe.Charge)
    return charge


def ledger_of(standin: StripeStandin, intent: stripe.PaymentIntent) -> dict[str, Any]:
    found: dict[str, Any] = next(line for line in standin.ledger()["payment_intents"] if line["id"] == intent.id)
    return found


def control_status(standin: StripeStandin, path: str, body: dict[str, object]) -> int:
    return httpx.post(f"{standin.url}/_control/{path}", json=body, **PLAIN).status_code


@pytest.mark.parametrize("received", [4000, 6000])
async def test_the_received_amount_can_differ_from_the_intents(
    client: stripe.StripeClient, standin: StripeStandin, receiver: Receiver, received: int
) -> None:
    intent = await new_intent(client)
    standin.settle_intent(intent.id, "succeeded", amount_received=received)
    paid = await client.v1.payment_intents.retrieve_async(intent.id)
    assert (paid.status, paid.amount, paid.amount_received) == ("succeeded", 5000, received)
    charge = await charge_of(client, intent)
    assert (charge.amount, charge.amount_captured) == (received, received)
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    assert charge.balance_transaction.amount == received
    assert ledger_of(standin, intent)["net"] == received
    event = receiver.wait_for("payment_intent.succeeded", intent.id)
    assert event["data"]["object"]["amount_received"] == received
    refund = await client.v1.refunds.create_async({"payment_intent": intent.id})
    assert refund.amount == received


async def test_the_received_amount_of_a_processing_payment_can_differ(
    client: stripe.StripeClient, standin: StripeStandin
) -> None:
    intent = await new_intent(client)
    standin.settle_intent(intent.id, "processing")
    standin.settle_intent(intent.id, "succeeded", amount_received=1)
    assert (await charge_of(client, intent)).amount == 1


async def test_an_open_payment_can_fail_without_being_confirmed(
    client: stripe.StripeClient, standin: StripeStandin
) -> None:
    intent = await new_intent(client)
    assert standin.settle_intent(intent.id, "failed")["status"] == "requires_payment_method"
    assert (await charge_of(client, intent)).status == "failed"


@pytest.mark.parametrize(
    "body",
    [
        {"status": "succeeded", "amount_received": 0},
        {"status": "succeeded", "amount_received": "4000"},
        {"status": "succeeded", "amount_received": True},
        {"status": "processing", "amount_received": 4000},
        {"status": "failed", "code": "card_declined"},
        {"status": "paid"},
    ],
)
async def test_an_invalid_override_changes_nothing(
    client: stripe.StripeClient, standin: StripeStandin, body: dict[str, object]
) -> None:
    intent = await new_intent(client)
    assert control_status(standin, f"payment_intents/{intent.id}", body) == 400
    assert (await client.v1.payment_intents.retrieve_async(intent.id)).status == "requires_payment_method"


async def test_a_dispute_can_have_another_amount_and_another_currency(
    client: stripe.StripeClient, standin: StripeStandin, receiver: Receiver
) -> None:
    intent = await pay(client)
    standin.open_dispute(intent.id, amount=3000, currency="jpy")
    dispute = (await client.v1.disputes.list_async({"payment_intent": intent.id})).data[0]
    assert (dispute.amount, dispute.currency) == (3000, "jpy")
    assert [(money.amount, money.currency) for money in dispute.balance_transactions] == [(-3000, "jpy")]
    assert violations(dispute.to_dict(), stripe.Dispute) == []
    receiver.wait_for("charge.dispute.created", dispute.id)
    assert ledger_of(standin, intent)["disputed"] == 0
    assert standin.ledger()["totals"]["jpy"]["disputed"] == 3000


async def test_a_dispute_is_about_the_remaining_amount_of_the_charge(
    client: stripe.StripeClient, standin: StripeStandin
) -> None:
    intent = await pay(client)
    await client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 2000})
    assert standin.open_dispute(intent.id)["amount"] == 3000
    refunded = await pay(client)
    await client.v1.refunds.create_async({"payment_intent": refunded.id})
    assert control_status(standin, "disputes", {"payment_intent": refunded.id}) == 400
    assert standin.open_dispute(refunded.id, amount=5000)["amount"] == 5000


async def test_a_dispute_can_be_lost_then_won_then_lost(
    client: stripe.StripeClient, standin: StripeStandin, receiver: Receiver
) -> None:
    intent = await pay(client)
    dispute_id = standin.open_dispute(intent.id)["id"]
    for status in ("lost", "won", "lost"):
        standin.settle_dispute(dispute_id, status)
        dispute = await client.v1.disputes.retrieve_async(dispute_id)
        assert (dispute.status, dispute.is_charge_refundable) == (status, status == "won")
        assert ledger_of(standin, intent)["disputed"] == (0 if status == "won" else 5000)
    assert [money.net for money in dispute.balance_transactions] == [-6500, 6500, -6500]
    standin.flush()
    types = [name.removeprefix("charge.dispute.") for name in receiver.types(dispute_id)]
    assert sorted(types) == sorted(
        ["created", "funds_withdrawn", "closed", "funds_reinstated", "closed", "funds_withdrawn", "closed"]
    )
    standin.settle_dispute(dispute_id, "lost")
    assert len(receiver.types(dispute_id)) == len(types)


async def test_a_refund_can_be_created_in_the_dashboard(
    client: stripe.StripeClient, standin: StripeStandin, receiver: Receiver
) -> None:
    intent = await pay(client)
    made = standin.open_refund(intent.id, amount=1200)
    refund = await client.v1.refunds.retrieve_async(made["id"])
    assert (refund.amount, refund.currency, refund.status) == (1200, "usd", "succeeded")
    assert refund.metadata is not None
    assert refund.metadata.to_dict() == {}
    receiver.wait_for("refund.created", refund.id)
    assert standin.open_refund(intent.id)["amount"] == 3800
    assert (await charge_of(client, intent)).refunded
    assert control_status(standin, "refunds", {"payment_intent": intent.id}) == 400


@pytest.mark.parametrize("status", ["pending", "requires_action", "succeeded", "failed", "canceled"])
async def test_a_dashboard_refund_can_have_any_status(
    client: stripe.StripeClient, standin: StripeStandin, status: str
) -> None:
    intent = await pay(client)
    made = standin.open_refund(intent.id, amount=1200, status=status)
    refund = await client.v1.refunds.retrieve_async(made["id"])
    assert refund.status == status
    assert violations(refund.to_dict(), stripe.Refund) == []
    refunded = 0 if status in {"failed", "canceled"} else 1200
    assert (await charge_of(client, intent)).amount_refunded == refunded
    assert ledger_of(standin, intent)["refunded"] == refunded


async def test_a_refund_can_have_another_currency(client: stripe.StripeClient, standin: StripeStandin) -> None:
    intent = await pay(client)
    made = standin.open_refund(intent.id, amount=700, currency="jpy")
    refund = await client.v1.refunds.retrieve_async(made["id"], {"expand": ["balance_transaction"]})
    assert (refund.amount, refund.currency) == (700, "jpy")
    assert isinstance(refund.balance_transaction, stripe.BalanceTransaction)
    assert (refund.balance_transaction.amount, refund.balance_transaction.currency) == (-700, "jpy")
    assert (await charge_of(client, intent)).amount_refunded == 0
    standin.settle_refund(refund.id, "failed")
    assert (await charge_of(client, intent)).amount_refunded == 0
    assert control_status(standin, "refunds", {"payment_intent": intent.id, "currency": "jpy"}) == 400
    assert control_status(standin, "refunds", {"payment_intent": intent.id, "currency": "xxx", "amount": 1}) == 400


async def test_a_refund_can_fail_and_succeed_again(
    client: stripe.StripeClient, standin: StripeStandin, receiver: Receiver
) -> None:
    intent = await pay(client)
    made = await client.v1.refunds.create_async({"payment_intent": intent.id, "amount": 1200})
    for status, left in (("failed", 5000), ("succeeded", 3800), ("failed", 5000), ("succeeded", 3800)):
        standin.settle_refund(made.id, status)
        refund = await client.v1.refunds.retrieve_async(made.id)
        charge = await charge_of(client, intent)
        assert (refund.status, charge.amount - charge.amount_refunded) == (status, left)
        assert ("failure_reason" in refund) == (status == "failed")
        assert ("failure_balance_transaction" in refund) == (status == "failed")
        assert violations(refund.to_dict(), stripe.Refund) == []
    standin.flush()
    moved = await client.v1.balance_transactions.list_async({"limit": 5})
    assert [money.amount for money in moved.data] == [-1200, 1200, -1200, 1200, -1200]
    assert receiver.types(made.id).count("refund.failed") == 2
    assert receiver.types(made.id).count("refund.updated") == 4


async def test_a_charge_without_an_intent_can_be_refunded_and_is_not_in_the_ledger(
    client: stripe.StripeClient, standin: StripeStandin
) -> None:
    await new_intent(client)
    before = standin.ledger()
    refund = await client.v1.refunds.retrieve_async(standin.refund_charge_without_intent()["id"])
    charge = await client.v1.charges.retrieve_async(str(refund.charge))
    assert (refund.payment_intent, charge.payment_intent, charge.refunded) == (None, None, True)
    assert violations(charge.to_dict(), stripe.Charge) == []
    assert violations(refund.to_dict(), stripe.Refund) == []
    assert standin.ledger() == before


async def test_a_deleted_object_is_missing(client: stripe.StripeClient, standin: StripeStandin) -> None:
    customer = await client.v1.customers.create_async({"email": "gone@example.com"})
    intent = await new_intent(client, customer=customer.id)
    for object_id in (intent.id, customer.id):
        assert standin.forget(object_id) == {"id": object_id, "forgotten": True}
        assert control_status(standin, "forget", {"id": object_id}) == 404
    with pytest.raises(stripe.InvalidRequestError) as missing:
        await client.v1.payment_intents.retrieve_async(intent.id)
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError) as missing:
        await client.v1.customers.retrieve_async(customer.id)
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    found = await client.v1.payment_intents.list_async({"limit": 100})
    assert intent.id not in {one.id for one in found.data}
    assert intent.id not in {line["id"] for line in standin.ledger()["payment_intents"]}


async def test_a_deleted_customer_cannot_be_charged_and_its_key_still_returns_it(
    client: stripe.StripeClient,
) -> None:
    parameters: Any = {"email": "deleted@example.com"}
    key: Any = {"idempotency_key": "customer:deleted"}
    customer = await client.v1.customers.create_async(parameters, key)
    await client.v1.customers.delete_async(customer.id)
    again = await client.v1.customers.create_async(parameters, key)
    assert again.id == customer.id
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await new_intent(client, customer=customer.id)
    error: Any = refusal.value.error
    assert (refusal.value.http_status, error.code, error.param) == (400, "resource_missing", "customer")
    assert error.message == f"No such customer: '{customer.id}'"
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await client.v1.customers.delete_async(customer.id)
    assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")
