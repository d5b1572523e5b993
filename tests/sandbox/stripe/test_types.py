"""Every response and event matches the official SDK's types and Stripe's sample objects."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import stripe
from stripe import checkout
from stripe._api_version import _ApiVersion
from tests.sandbox.stripe.conftest import Receiver
from tests.sandbox.stripe.sdk_types import violations
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin

from stripe_standin.version import API_VERSION

RESOURCES: dict[str, Any] = {
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "customer": stripe.Customer,
    "balance_transaction": stripe.BalanceTransaction,
    "event": stripe.Event,
    "webhook_endpoint": stripe.WebhookEndpoint,
    "payment_method": stripe.PaymentMethod,
    "checkout.session": checkout.Session,
    "item": stripe.LineItem,
}
# Fields of Stripe's samples that the stand-in omits, and why.
OMITTED = {
    "charge.refunds": "only when expanded, since version 2022-11-15",
    "payment_intent.managed_payments": "only for accounts with managed payments",
    "checkout.session.managed_payments": "only for accounts with managed payments",
    "event.data": "depends on the type",
}
# Fields whose content differs; only their presence is compared.
PRESENCE_ONLY = {"metadata", "next_action", "last_payment_error", "payment_method_options", "enabled_events"}
# Fields that an object has only in some statuses.
STATUS_FIELDS = {"pending_reason", "failure_reason", "failure_balance_transaction"}
Body = dict[str, Any]


@pytest.fixture(scope="module")
def bodies(running: StripeStandin) -> dict[str, list[Body]]:
    """Responses of every kind in many states, as plain JSON, with all references expanded."""
    headers = {"Authorization": f"Bearer {running.secret_key}"}
    found: dict[str, list[Body]] = {}
    with httpx.Client(base_url=f"{running.url}/v1", headers=headers, **PLAIN) as http:

        def call(method: str, path: str, **params: Any) -> Body:
            sent = http.get(path, params=params) if method == "GET" else http.request(method, path, data=params)
            body: Body = sent.json()
            record(body)
            return body

        def record(body: Body) -> None:
            if body.get("object") == "list":
                for item in body["data"]:
                    record(item)
            elif "error" in body:
                record(body["error"].get("payment_intent", {}))
            elif body:
                found.setdefault(body["object"], []).append(body)

        create_payments(call, running)
    return found


def create_payments(call: Any, running: StripeStandin) -> None:
    """Create payments in every state that the stand-in models."""
    address = {"address[line1]": "1 High Street", "address[country]": "GB"}
    customer = call("POST", "/customers", email="ada@example.com", name="Ada", **{"metadata[user]": "1"}, **address)
    call("POST", f"/customers/{customer['id']}", phone="123", description="")
    base = {"amount": 4999, "currency": "usd", "customer": customer["id"], "confirm": "true"}
    for token in (
        "visa",
        "visa_chargeDeclined",
        "threeDSecure2Required",
        "createDispute",
        "pendingRefund",
        "refundFail",
    ):
        made = call(
            "POST", "/payment_intents", payment_method=f"pm_card_{token}", **base, return_url="https://a.example"
        )
        made = made.get("error", {}).get("payment_intent", made)
        expand = ["latest_charge.balance_transaction", "latest_charge.refunds", "customer", "payment_method"]
        call("GET", f"/payment_intents/{made['id']}", **{"expand[]": expand})
        if made["status"] == "succeeded" and token != "createDispute":
            call("POST", "/refunds", payment_intent=made["id"], amount=100, reason="requested_by_customer")
    opened = call("POST", "/payment_intents", amount=700, currency="jpy")
    call("POST", f"/payment_intents/{opened['id']}/cancel", cancellation_reason="abandoned")
    dispute = call("GET", "/disputes", **{"expand[]": ["data.charge", "data.payment_intent"]})["data"][0]
    running.control("POST", f"disputes/{dispute['id']}", {"status": "won"})
    create_sessions(call)
    create_debits(call, running)
    call("POST", "/webhook_endpoints", url="https://a.example/hook", **{"enabled_events[]": "charge.failed"})
    call(
        "POST", "/payment_methods", type="card", **{"card[number]": "5555555555554444", "billing_details[name]": "Ada"}
    )
    for path in ("payment_intents", "charges", "refunds", "disputes", "customers", "balance_transactions"):
        call("GET", f"/{path}", limit=100)
    call("GET", "/webhook_endpoints")
    call("GET", "/refunds", **{"expand[]": ["data.charge", "data.payment_intent", "data.balance_transaction"]})
    call("GET", "/events", limit=100)


def create_debits(call: Any, running: StripeStandin) -> None:
    """Create bank debits that are processing, paid, refunded, failed and disputed."""
    billing = {"billing_details[name]": "Ada", "billing_details[email]": "ada@example.com"}
    iban = {"sepa_debit[iban]": "DE89370400440532013000"}
    method = call("POST", "/payment_methods", type="sepa_debit", **iban, **billing)["id"]
    base = {"amount": 4999, "currency": "eur", "confirm": "true"}
    debits = [
        call("POST", "/payment_intents", payment_method=token, **base)
        for token in (method, "pm_failed_de", "pm_disputed_de")
    ]
    expand = {"expand[]": ["latest_charge.balance_transaction", "payment_method"]}
    for debit in debits:
        call("GET", f"/payment_intents/{debit['id']}", **expand)
    running.advance(days=3)
    for debit in debits:
        call("GET", f"/payment_intents/{debit['id']}", **expand)
    refund = call("POST", "/refunds", payment_intent=debits[0]["id"])
    for status in ("failed", "succeeded", "canceled"):
        running.settle_refund(refund["id"], status)
    running.control("POST", "clock", {"offset_seconds": 0})


def create_sessions(call: Any) -> None:
    """Create a paid session and an expired one."""
    session = {"mode": "payment", "success_url": "https://a.example/{CHECKOUT_SESSION_ID}"}
    line = {"line_items[0][price_data][currency]": "eur", "line_items[0][price_data][unit_amount]": 1000}
    line |= {"line_items[0][price_data][product_data][name]": "A course", "line_items[0][quantity]": 2}
    paid, unpaid = (call("POST", "/checkout/sessions", **session, **line) for _ in range(2))
    httpx.post(paid["url"], data={"number": "4242424242424242", "email": "a@example.com"}, **PLAIN)
    call("POST", f"/checkout/sessions/{unpaid['id']}/expire")
    call("GET", "/checkout/sessions", **{"expand[]": ["data.line_items", "data.payment_intent"]})
    call("GET", f"/checkout/sessions/{paid['id']}/line_items")


INSERTED_ERRORS: list[tuple[str, Any, str]] = [
    ("color", "red", "unknown"),
    ("amount", "4999", "is no int"),
    ("amount", True, "is no int"),
    ("status", "paid", "is none of"),
    ("metadata", {"order": 1}, "is no str"),
    ("automatic_payment_methods", {"enabled": "yes"}, "is no bool"),
    ("payment_method_types", "card", "is no list"),
    ("next_action", {"redirect_to_url": {"link": "x"}, "type": "redirect_to_url"}, "unknown"),
    ("latest_charge", {"id": "ch_1", "object": "charge"}, "latest_charge"),
]


@pytest.mark.parametrize(("name", "value", "message"), INSERTED_ERRORS)
def test_the_comparison_finds_an_inserted_error(
    bodies: dict[str, list[Body]],
    name: str,
    value: Any,
    message: str,
) -> None:
    found = violations(bodies["payment_intent"][0] | {name: value}, stripe.PaymentIntent)
    assert found
    assert message in found[0]


def test_the_comparison_finds_a_missing_field(bodies: dict[str, list[Body]]) -> None:
    without = {name: value for name, value in bodies["charge"][0].items() if name != "captured"}
    assert violations(without, stripe.Charge, "charge") == ["charge.captured: missing from Charge"]


@pytest.mark.parametrize("kind", sorted(RESOURCES))
def test_every_response_matches_the_sdks_type(bodies: dict[str, list[Body]], kind: str) -> None:
    assert bodies.get(kind), f"no response contained a {kind}"
    found = {one for body in bodies[kind] for one in violations(body, RESOURCES[kind], kind)}
    assert found == set()


def test_the_object_of_every_event_matches_the_sdks_type(bodies: dict[str, list[Body]]) -> None:
    found = set()
    for event in bodies["event"]:
        about = event["data"]["object"]
        found |= {f"{event['type']} {one}" for one in violations(about, RESOURCES[about["object"]], about["object"])}
        changed = set(event["data"].get("previous_attributes", {})) - set(about) - STATUS_FIELDS
        found |= {f"{event['type']}: {name} was changed and is gone" for name in changed}
    assert found == set()


def test_every_state_has_its_events(bodies: dict[str, list[Body]]) -> None:
    types = {event["type"] for event in bodies["event"]}
    assert types >= {
        "payment_intent.created",
        "payment_intent.succeeded",
        "payment_intent.processing",
        "payment_intent.payment_failed",
        "payment_intent.requires_action",
        "payment_intent.canceled",
        "charge.succeeded",
        "charge.failed",
        "charge.pending",
        "charge.refunded",
        "charge.updated",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "checkout.session.completed",
        "checkout.session.expired",
        "customer.created",
        "customer.updated",
    }


@pytest.mark.parametrize("kind", sorted(RESOURCES))
def test_every_response_has_the_fields_of_stripes_sample(
    bodies: dict[str, list[Body]],
    samples: dict[str, Any],
    kind: str,
) -> None:
    found = {one for body in bodies[kind] for one in differences(body, samples[kind], kind)}
    assert found == set()


def differences(ours: Body, sample: Body, path: str) -> list[str]:
    """The fields of the sample that our object lacks, and values of another JSON type."""
    found = []
    for name, value in sample.items():
        path_of_field = f"{path}.{name}"
        if path_of_field in OMITTED or (name == sample.get("type") != ours.get("type")):
            continue  # the samples are of cards; a bank account has its own field instead
        if name not in ours:
            found.append(f"{path_of_field}: missing")
        elif name not in PRESENCE_ONLY and ours[name] is not None and value is not None:
            found += differences_of_value(ours[name], value, path_of_field)
    return found


def differences_of_value(ours: Any, sample: Any, path_of_field: str) -> list[str]:
    """Compare two values by JSON type; an id may be expanded."""
    if isinstance(ours, dict) and isinstance(sample, dict):
        return differences(ours, sample, path_of_field)
    if isinstance(ours, dict) and isinstance(sample, str) and "id" in ours:
        return []
    return [] if type(ours) is type(sample) else [f"{path_of_field}: {ours!r} instead of {sample!r}"]


def test_the_version_is_the_one_that_the_sdk_pins() -> None:
    assert _ApiVersion.CURRENT == API_VERSION


def test_the_sdk_accepts_the_signature_of_every_webhook(
    bodies: dict[str, list[Body]],
    running: StripeStandin,
    receiver: Receiver,
) -> None:
    assert bodies
    assert running.flush()["pending"] == 0
    for body, signature in receiver.webhooks:
        event = stripe.Webhook.construct_event(body, signature, running.webhook_secret)
        assert event.api_version == API_VERSION
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", signature, running.webhook_secret)
