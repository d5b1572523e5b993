"""A Checkout Session is paid on its hosted page, or expires."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.sandbox.stripe.conftest import Receiver
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin

SESSION = {
    "mode": "payment",
    "success_url": "https://shop.example/done?session={CHECKOUT_SESSION_ID}",
    "cancel_url": "https://shop.example/back",
    "line_items[0][price_data][currency]": "usd",
    "line_items[0][price_data][unit_amount]": "2500",
    "line_items[0][price_data][product_data][name]": "Rust <for> the impatient",
    "line_items[0][quantity]": "2",
    "metadata[order_id]": "7",
    "payment_intent_data[metadata][order_id]": "7",
}
Body = dict[str, Any]


@pytest.fixture
def session(raw: httpx.Client) -> Body:
    made: Body = raw.post("/v1/checkout/sessions", data=SESSION).json()
    return made


def pay(session: Body, number: str) -> httpx.Response:
    return httpx.post(session["url"], data={"number": number, "email": "ada@example.com"}, **PLAIN)


def reload(raw: httpx.Client, session: Body) -> Body:
    response: Body = raw.get(f"/v1/checkout/sessions/{session['id']}", params={"expand[]": "payment_intent"}).json()
    return response


def test_a_paid_session_is_complete_and_redirects_to_the_shop(
    raw: httpx.Client,
    session: Body,
    receiver: Receiver,
) -> None:
    assert (session["status"], session["amount_total"], session["payment_intent"]) == ("open", 5000, None)
    shown = httpx.get(session["url"], **PLAIN).text
    assert "Rust &lt;for&gt; the impatient" in shown
    assert pay(session, "4242424242424242").headers["location"] == f"https://shop.example/done?session={session['id']}"
    paid = reload(raw, session)
    assert (paid["status"], paid["payment_status"], paid["url"]) == ("complete", "paid", None)
    assert paid["payment_intent"]["metadata"] == {"order_id": "7"}
    assert paid["customer_details"]["email"] == "ada@example.com"
    receiver.wait_for("checkout.session.completed", session["id"])
    receiver.wait_for("payment_intent.succeeded", paid["payment_intent"]["id"])
    assert pay(session, "4242424242424242").status_code == 303
    assert len(raw.get("/v1/charges", params={"payment_intent": paid["payment_intent"]["id"]}).json()["data"]) == 1


def test_a_declined_card_can_be_replaced(raw: httpx.Client, session: Body) -> None:
    refused = pay(session, "4000000000009995")
    assert refused.status_code == 402
    assert "insufficient funds" in refused.text
    assert reload(raw, session)["status"] == "open"
    assert pay(session, "4242424242424242").status_code == 303
    assert reload(raw, session)["payment_status"] == "paid"


def test_a_session_stays_open_during_authentication(raw: httpx.Client, session: Body) -> None:
    bank = pay(session, "4000000000003220").headers["location"]
    assert reload(raw, session)["status"] == "open"
    back = httpx.post(bank, data={"outcome": "approve"}, **PLAIN, follow_redirects=False)
    assert back.headers["location"].startswith(session["url"])
    assert reload(raw, session)["payment_status"] == "paid"


def test_an_expired_session_cannot_be_paid(raw: httpx.Client, session: Body, receiver: Receiver) -> None:
    assert raw.post(f"/v1/checkout/sessions/{session['id']}/expire").json()["status"] == "expired"
    receiver.wait_for("checkout.session.expired", session["id"])
    assert pay(session, "4242424242424242").status_code == 410
    assert raw.post(f"/v1/checkout/sessions/{session['id']}/expire").status_code == 400


def test_a_session_expires_after_a_day(standin: StripeStandin, session: Body, receiver: Receiver) -> None:
    standin.control("POST", "clock", {"advance_seconds": 25 * 3600})
    receiver.wait_for("checkout.session.expired", session["id"])


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "subscription"},
        {"line_items[0][price_data][unit_amount]": "1", "line_items[0][quantity]": "1"},
        {"line_items[0][price]": "price_1"},
        {"expires_at": "1"},
        {"success_url": ""},
        {"customer": "cus_none"},
    ],
)
def test_an_invalid_session_is_rejected(raw: httpx.Client, change: dict[str, str]) -> None:
    assert raw.post("/v1/checkout/sessions", data=SESSION | change).status_code == 400
