"""A browser with the publishable key and a client secret can only pay the intent."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest
from tests.support.stripe_standin import StripeStandin


@pytest.fixture
def intent(raw: httpx.Client) -> dict[str, Any]:
    made: dict[str, Any] = raw.post("/v1/payment_intents", data={"amount": 4999, "currency": "usd"}).json()
    return made


def sent(standin: StripeStandin, intent: dict[str, Any], **more: str) -> dict[str, str]:
    return {"key": standin.publishable_key, "client_secret": intent["client_secret"], **more}


def test_a_browser_pays_as_stripe_js_does(
    standin: StripeStandin, browser: httpx.Client, intent: dict[str, Any]
) -> None:
    card = {
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": "4242 4242 4242 4242",
        "payment_method_data[card][cvc]": "123",
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "34",
        "payment_method_data[guid]": "NA",
        "payment_method_data[client_attribution_metadata][client_session_id]": "x",
        "expected_payment_method_type": "card",
        "use_stripe_sdk": "true",
        "return_url": "https://shop.example",
        "_stripe_version": "2026-10-28.endive",
    }
    response = browser.post(f"/v1/payment_intents/{intent['id']}/confirm", data=sent(standin, intent, **card))
    assert (response.status_code, response.json()["status"]) == (200, "succeeded")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "metadata" not in response.json()
    assert "customer" not in response.json()
    shown = browser.get(f"/v1/payment_intents/{intent['id']}", params=sent(standin, intent))
    assert shown.json()["status"] == "succeeded"


def test_a_browser_creates_a_payment_method_first(
    standin: StripeStandin,
    browser: httpx.Client,
    intent: dict[str, Any],
) -> None:
    card = {"type": "card", "card[number]": "4000000000000002", "key": standin.publishable_key}
    method = browser.post("/v1/payment_methods", data=card).json()
    assert (method["card"]["last4"], method["object"]) == ("0002", "payment_method")
    paying = sent(standin, intent, payment_method=method["id"])
    response = browser.post(f"/v1/payment_intents/{intent['id']}/confirm", data=paying)
    assert (response.status_code, response.json()["error"]["decline_code"]) == (402, "generic_decline")


def test_card_numbers_are_never_stored(standin: StripeStandin, browser: httpx.Client) -> None:
    card = {"type": "card", "card[number]": "5555555555554444", "key": standin.publishable_key}
    browser.post("/v1/payment_methods", data=card)
    kept = b"".join(path.read_bytes() for path in standin.state_dir.glob("stripe.sqlite3*"))
    assert b"5555555555554444" not in kept


@pytest.mark.parametrize(
    ("number", "code"),
    [("4242424242424241", "incorrect_number"), ("4111111111111111", "card_declined"), ("abc", "incorrect_number")],
)
def test_a_number_that_is_not_a_test_card_is_rejected(
    standin: StripeStandin,
    browser: httpx.Client,
    number: str,
    code: str,
) -> None:
    sent_card = {"type": "card", "card[number]": number, "key": standin.publishable_key}
    response = browser.post("/v1/payment_methods", data=sent_card)
    assert (response.status_code, response.json()["error"]["code"]) == (402, code)


def test_a_wrong_client_secret_is_rejected(
    standin: StripeStandin,
    browser: httpx.Client,
    intent: dict[str, Any],
) -> None:
    wrong = sent(standin, intent, payment_method="pm_card_visa") | {"client_secret": intent["id"] + "_secret_x"}
    assert browser.post(f"/v1/payment_intents/{intent['id']}/confirm", data=wrong).status_code == 400
    without = {"key": standin.publishable_key}
    assert browser.get(f"/v1/payment_intents/{intent['id']}", params=without).status_code == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/payment_intents"),
        ("POST", "/v1/payment_intents"),
        ("POST", "/v1/refunds"),
        ("GET", "/v1/customers"),
        ("GET", "/v1/events"),
    ],
)
def test_other_operations_reject_the_publishable_key(
    standin: StripeStandin,
    browser: httpx.Client,
    method: str,
    path: str,
) -> None:
    response = browser.request(method, path, headers={"Authorization": f"Bearer {standin.publishable_key}"})
    assert (response.status_code, response.json()["error"]["code"]) == (403, "secret_key_required")


def test_the_key_is_accepted_in_every_form_and_several_times(standin: StripeStandin, browser: httpx.Client) -> None:
    basic = base64.b64encode(f"{standin.secret_key}:".encode()).decode()
    as_bearer = {"Authorization": f"Bearer {standin.secret_key}"}
    as_basic = {"Authorization": f"Basic {basic}"}
    as_field = {"key": standin.secret_key}
    assert browser.get("/v1/charges", headers=as_bearer).status_code == 200
    assert browser.get("/v1/charges", headers=as_basic).status_code == 200
    assert browser.get("/v1/charges", params=as_field).status_code == 200
    assert browser.get("/v1/charges", params=as_field, headers=as_bearer).status_code == 200
    both = [("Authorization", as_bearer["Authorization"]), ("Authorization", as_basic["Authorization"])]
    assert browser.get("/v1/charges", params=as_field, headers=both).status_code == 200


def test_a_missing_or_wrong_key_is_rejected(standin: StripeStandin, browser: httpx.Client) -> None:
    assert browser.get("/v1/charges").status_code == 401
    wrong = browser.get("/v1/charges", headers={"Authorization": "Bearer sk_test_wrongwrongwrong"})
    assert wrong.status_code == 401
    assert wrong.json()["error"]["message"] == "Invalid API Key provided: sk_test_***********rong"
    mixed = browser.get("/v1/charges", params={"key": "sk_test_no"}, headers={
        "Authorization": f"Bearer {standin.secret_key}",
    })  # fmt: skip
    assert mixed.status_code == 401


def test_a_preflight_request_is_accepted(browser: httpx.Client) -> None:
    response = browser.options("/v1/payment_intents/pi_1/confirm", headers={"Origin": "https://shop.example"})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]


def test_the_control_api_rejects_web_pages(browser: httpx.Client) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}):
        assert browser.post("/_control/reset", headers=headers).status_code == 403
    assert "Access-Control-Allow-Origin" not in browser.get("/_control/faults").headers


def test_the_number_of_a_card_or_an_account_is_never_returned(standin: StripeStandin, raw: httpx.Client) -> None:
    buyer = {"payment_method_data[billing_details][name]": "Ada"}
    buyer |= {"payment_method_data[billing_details][email]": "ada@example.com"}
    base = {"amount": "4999", "currency": "eur", "confirm": "true"} | buyer
    card = {"payment_method_data[type]": "card", "payment_method_data[card][number]": "4242424242424242"}
    account = {"payment_method_data[type]": "sepa_debit"}
    account |= {"payment_method_data[sepa_debit][iban]": "DE89370400440532013000"}
    responses = [raw.post("/v1/payment_intents", data=base | sent) for sent in (card, account)]
    assert [response.json()["status"] for response in responses] == ["succeeded", "processing"]
    shown = [raw.get(f"/v1/payment_methods/{response.json()['payment_method']}").text for response in responses]
    shown += [response.text for response in responses] + [str(standin.control("GET", "calls"))]
    assert [text for text in shown if "4242424242" in text or "3704004405" in text] == []
