"""The stand-in accepts only parameters that the SDK declares, and rejects all others."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import stripe
from stripe import params
from stripe.params import checkout
from tests.sandbox.stripe.conftest import SDK_WARNING
from tests.sandbox.stripe.sdk_types import violations
from tests.support.stripe_standin import StripeStandin

from stripe_standin.http.operations import OPERATIONS
from stripe_standin.http.parameter_types import Boolean, Choice, Integer, ListOf, ObjectOf, Text, TimeRange
from stripe_standin.http.parameters import FROM_STRIPE_JS

pytestmark = pytest.mark.filterwarnings(SDK_WARNING)

DECLARED: dict[str, Any] = {
    "create_payment_intent": params.PaymentIntentCreateParams,
    "retrieve_payment_intent": params.PaymentIntentRetrieveParams,
    "update_payment_intent": params.PaymentIntentUpdateParams,
    "confirm_payment_intent": params.PaymentIntentConfirmParams,
    "cancel_payment_intent": params.PaymentIntentCancelParams,
    "list_payment_intents": params.PaymentIntentListParams,
    "create_payment_method": params.PaymentMethodCreateParams,
    "retrieve_payment_method": params.PaymentMethodRetrieveParams,
    "update_payment_method": params.PaymentMethodUpdateParams,
    "create_session": checkout.SessionCreateParams,
    "list_sessions": checkout.SessionListParams,
    "retrieve_session": checkout.SessionRetrieveParams,
    "list_line_items": checkout.SessionListLineItemsParams,
    "expire_session": checkout.SessionExpireParams,
    "list_charges": params.ChargeListParams,
    "retrieve_charge": params.ChargeRetrieveParams,
    "update_charge": params.ChargeUpdateParams,
    "create_refund": params.RefundCreateParams,
    "list_refunds": params.RefundListParams,
    "retrieve_refund": params.RefundRetrieveParams,
    "update_refund": params.RefundUpdateParams,
    "list_disputes": params.DisputeListParams,
    "retrieve_dispute": params.DisputeRetrieveParams,
    "close_dispute": params.DisputeCloseParams,
    "create_customer": params.CustomerCreateParams,
    "list_customers": params.CustomerListParams,
    "retrieve_customer": params.CustomerRetrieveParams,
    "update_customer": params.CustomerModifyParams,
    "delete_customer": params.CustomerDeleteParams,
    "list_balance_transactions": params.BalanceTransactionListParams,
    "retrieve_balance_transaction": params.BalanceTransactionRetrieveParams,
    "list_events": params.EventListParams,
    "retrieve_event": params.EventRetrieveParams,
    "create_webhook_endpoint": params.WebhookEndpointCreateParams,
    "list_webhook_endpoints": params.WebhookEndpointListParams,
    "retrieve_webhook_endpoint": params.WebhookEndpointRetrieveParams,
    "update_webhook_endpoint": params.WebhookEndpointModifyParams,
    "delete_webhook_endpoint": params.WebhookEndpointDeleteParams,
}
# Parameters that only Stripe.js sends, which the SDK does not declare.
FROM_BROWSERS = {*FROM_STRIPE_JS, "expected_payment_method_type", "client_secret", "infer_from_client"}
PAYMENT: params.PaymentIntentCreateParams = {
    "amount": 4999,
    "currency": "usd",
    "customer": "cus_1",
    "description": "Rust for the impatient",
    "metadata": {"order_id": "1"},
    "receipt_email": "ada@example.com",
    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
    "statement_descriptor_suffix": "COURSE",
}


def example_of(type_: Any) -> Any:
    """A valid value of a parameter type."""
    if isinstance(type_, ListOf):
        return [example_of(type_.item)]
    if isinstance(type_, ObjectOf):
        return {name: example_of(field) for name, field in type_.fields.items() if name not in FROM_BROWSERS}
    if isinstance(type_, Integer):
        return max(type_.minimum or 0, 1)
    simple = {Choice: getattr(type_, "values", ("",))[0], Boolean: True, TimeRange: {"gte": 1}, Text: "text"}
    return simple.get(type(type_), {})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.run.__name__)
def test_every_accepted_parameter_is_declared_by_the_sdk(operation: Any) -> None:
    sent = example_of(operation.parameters)
    # In the SDK a card is either a number or a token.
    if "card" in sent:
        sent["card"] = {"number": "4242424242424242", "exp_month": 1, "exp_year": 2030, "cvc": "123"}
    sent.pop("payment_method_data", None)  # only browsers send card data inside an intent
    sent.pop("enabled_events", None)
    found = violations(sent, DECLARED[operation.run.__name__], operation.run.__name__)
    assert [one for one in found if "missing" not in one] == []


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.run.__name__)
def test_every_accepted_value_is_declared_by_the_sdk(operation: Any) -> None:
    declared = DECLARED[operation.run.__name__]
    for name, type_ in operation.parameters.fields.items():
        for value in type_.values if isinstance(type_, Choice) else ():
            found = violations({name: value}, declared)
            assert [one for one in found if "missing" not in one] == []


@pytest.mark.anyio
async def test_recorded_calls_match_the_sdks_types(client: stripe.StripeClient, standin: StripeStandin) -> None:
    customer = await client.v1.customers.create_async({"email": "ada@example.com", "metadata": {"user_id": "1"}})
    intent = await client.v1.payment_intents.create_async({**PAYMENT, "customer": customer.id})
    await client.v1.payment_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})
    await client.v1.refunds.create_async({"payment_intent": intent.id, "metadata": {"refund_id": "1"}})
    by_path = {
        "/v1/customers": params.CustomerCreateParams,
        "/v1/payment_intents": params.PaymentIntentCreateParams,
        "/v1/refunds": params.RefundCreateParams,
    }
    calls = standin.control("GET", "calls")["calls"][-4:]
    found = [
        violations(call["params"], by_path[call["path"]], call["path"]) for call in calls if call["path"] in by_path
    ]
    assert found == [[], [], []]


@pytest.mark.parametrize(
    ("path", "sent", "param"),
    [
        ("/v1/payment_intents", {"amount": "100", "currency": "usd", "color": "red"}, "color"),
        (
            "/v1/payment_intents",
            {"amount": "100", "currency": "usd", "automatic_payment_methods[color]": "red"},
            "automatic_payment_methods[color]",
        ),
        ("/v1/refunds", {"order": "1"}, "order"),
        ("/v1/customers", {"password": "x"}, "password"),
    ],
)
def test_an_unknown_parameter_is_rejected_by_name(
    raw: httpx.Client, path: str, sent: dict[str, str], param: str
) -> None:
    response = raw.post(path, data=sent)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error["param"]) == (400, "parameter_unknown", param)


@pytest.mark.parametrize(
    ("sent", "code", "param"),
    [
        ({"currency": "usd"}, "parameter_missing", "amount"),
        ({"amount": "100"}, "parameter_missing", "currency"),
        ({"amount": "ten", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": "-1", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": "1" * 30, "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": "", "currency": "usd"}, "parameter_invalid_empty", "amount"),
        ({"amount": "100", "currency": "xxx"}, None, "currency"),
        ({"amount": "49", "currency": "usd"}, "amount_too_small", "amount"),
        ({"amount": "100000000", "currency": "usd"}, "amount_too_large", "amount"),
        ({"amount": "49", "currency": "jpy"}, "amount_too_small", "amount"),
        ({"amount": "17499", "currency": "huf"}, "amount_too_small", "amount"),
        ({"amount": "10050", "currency": "isk"}, "parameter_invalid_integer", "amount"),
        ({"amount": "10050", "currency": "ugx"}, "parameter_invalid_integer", "amount"),
        ({"amount": "1005", "currency": "kwd"}, "parameter_invalid_integer", "amount"),
        ({"amount": "100", "currency": "usd", "customer": "cus_no"}, "resource_missing", "customer"),
        ({"amount": "100", "currency": "usd", "capture_method": "manual"}, None, "capture_method"),
        ({"amount": "100", "currency": "usd", "confirm": "maybe"}, None, "confirm"),
        ({"amount": "100", "currency": "usd", "metadata[k]": "v" * 501}, None, "metadata[k]"),
        ({"amount": "100", "currency": "usd", "expand[]": "metadata"}, None, "expand[0]"),
    ],
)
def test_an_invalid_parameter_is_rejected_with_stripes_error(
    raw: httpx.Client,
    sent: dict[str, str],
    code: str | None,
    param: str,
) -> None:
    response = raw.post("/v1/payment_intents", data=sent)
    error = response.json()["error"]
    assert (response.status_code, error["type"], error.get("code"), error["param"]) == (
        400,
        "invalid_request_error",
        code,
        param,
    )
    assert response.headers["Request-Id"].startswith("req_")


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(50, "usd"), (50, "jpy"), (10000, "isk"), (17500, "huf"), (1000, "kwd"), (500000, "ugx"), (1999, "EUR")],
)
def test_an_amount_has_the_units_of_its_currency(raw: httpx.Client, amount: int, currency: str) -> None:
    intent = raw.post("/v1/payment_intents", data={"amount": amount, "currency": currency}).json()
    assert (intent["amount"], intent["currency"]) == (amount, currency.lower())


@pytest.mark.parametrize(
    "body",
    [b"amount=%ff%fe", b"\xff=1", b"amount[=1", b"[]=1", b"a=1&a[b]=2", b"a" + b"[b]" * 20 + b"=1", b"x=1&" * 3000],
)
def test_a_body_that_is_not_a_form_is_rejected(raw: httpx.Client, body: bytes) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert raw.post("/v1/payment_intents", content=body, headers=form).status_code == 400


def test_a_json_body_is_rejected(raw: httpx.Client) -> None:
    assert raw.post("/v1/payment_intents", json={"amount": 100}).status_code == 400


def test_an_unknown_path_is_reported(raw: httpx.Client) -> None:
    response = raw.get("/v1/unicorns")
    assert response.status_code == 404
    assert "Unrecognized request URL (GET: /v1/unicorns)" in response.json()["error"]["message"]


def test_an_unknown_object_is_missing(raw: httpx.Client) -> None:
    for path in ("payment_intents/pi_1", "charges/ch_1", "customers/cus_1", "refunds/re_1", "checkout/sessions/cs_1"):
        response = raw.get(f"/v1/{path}")
        assert (response.status_code, response.json()["error"]["code"]) == (404, "resource_missing")


def test_arrays_are_accepted_with_and_without_positions(raw: httpx.Client) -> None:
    line = "line_items[{0}][price_data][{1}]"
    for position in ("0", ""):
        sent = {
            "mode": "payment",
            "success_url": "https://a.example",
            line.format(position, "currency"): "usd",
            line.format(position, "unit_amount"): "500",
            line.format(position, "product_data") + "[name]": "A course",
        }
        assert raw.post("/v1/checkout/sessions", data=sent).json()["amount_total"] == 500


def test_metadata_is_merged_and_deleted_by_key(raw: httpx.Client) -> None:
    sent = {"metadata[a]": "1", "metadata[b]": "2"}
    customer = raw.post("/v1/customers", data=sent).json()["id"]
    changed = raw.post(f"/v1/customers/{customer}", data={"metadata[b]": "", "metadata[c]": "3"}).json()
    assert changed["metadata"] == {"a": "1", "c": "3"}
    assert raw.post(f"/v1/customers/{customer}", data={"metadata": ""}).json()["metadata"] == {}
