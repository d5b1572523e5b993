"""Every field that Stripe calls optional may be absent or null, in every object that we read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from tests.support.optional_fields import vary
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin

from coursify.integrations.stripe_facts import charge_of, read_dispute, read_event, read_intent, read_refund

Json = dict[str, Any]
EXPANDED = {"expand[]": "latest_charge.balance_transaction"}


class Account:
    """The objects on the account of the stand-in, created and read with the secret key."""

    def __init__(self, standin: StripeStandin) -> None:
        self.standin = standin
        self.api = httpx.Client(base_url=standin.url, auth=(standin.secret_key, ""), **PLAIN)
        self.customer = self.post("/v1/customers", email="ada@example.com", name="Ada")["id"]

    def post(self, path: str, **fields: Any) -> Json:
        answer: Json = self.api.post(path, data=fields).json()
        return answer

    def get(self, path: str, **query: Any) -> Json:
        answer: Json = self.api.get(path, params=query).raise_for_status().json()
        return answer

    def intent(self, currency: str = "usd") -> str:
        made = self.post(
            "/v1/payment_intents",
            amount=4900,
            currency=currency,
            customer=self.customer,
            **{"metadata[order_id]": "o", "automatic_payment_methods[enabled]": "true"},
        )
        return str(made["id"])

    def confirmed(self, method: str, currency: str = "usd") -> str:
        intent = self.intent(currency)
        self.post(f"/v1/payment_intents/{intent}/confirm", payment_method=method, return_url="https://example.com")
        return intent

    def read_intent(self, intent: str) -> Json:
        return self.get(f"/v1/payment_intents/{intent}", **EXPANDED)


@pytest.fixture(scope="module")
def account(stripe_standin: StripeStandin) -> Iterator[Account]:
    stripe_standin.control("POST", "reset")
    opened = Account(stripe_standin)
    yield opened
    opened.api.close()


INTENTS: dict[str, Callable[[Account], str]] = {
    "open": lambda account: account.intent(),
    "declined": lambda account: account.confirmed("pm_card_visa_chargeDeclined"),
    "challenged": lambda account: account.confirmed("pm_card_threeDSecure2Required"),
    "processing": lambda account: account.confirmed("pm_success_de", "eur"),
    "succeeded": lambda account: account.confirmed("pm_card_visa"),
}


@pytest.mark.parametrize("state", INTENTS)
def test_an_intent_and_its_charge_are_read_without_any_optional_field(account: Account, state: str) -> None:
    body = account.read_intent(INTENTS[state](account))
    whole, seen = read_intent(body), set()
    for variant in vary(body):
        fact = read_intent(variant.body)
        assert (fact.id, fact.status, fact.amount) == (whole.id, whole.status, whole.amount), variant
        if not variant.path.startswith("latest_charge"):
            assert fact.refunded == whole.refunded, variant
        seen.add(str(variant))
    if state == "declined":
        assert {"last_payment_error.decline_code absent", "last_payment_error.code null"} <= seen
    if state == "succeeded":
        assert {"latest_charge.balance_transaction null", "latest_charge null"} <= seen
        assert whole.fee is not None


@pytest.mark.parametrize("status", ["succeeded", "pending", "failed"])
def test_a_refund_is_read_without_any_optional_field(account: Account, status: str) -> None:
    refund = account.standin.open_refund(account.confirmed("pm_card_visa"), amount=100, status=status)
    body = account.get(f"/v1/refunds/{refund['id']}")
    whole = read_refund(body)
    assert whole.status == status
    for variant in vary(body):
        fact = read_refund(variant.body, intent_id="pi_of_the_charge")
        assert (fact.id, fact.amount) == (whole.id, whole.amount), variant
        if variant.path != "status":
            assert fact.status == status, variant
        if variant.path == "payment_intent":
            assert fact.intent_id == "pi_of_the_charge"
            assert charge_of(variant.body) == body["charge"]


@pytest.mark.parametrize("status", ["needs_response", "won", "lost"])
def test_a_dispute_is_read_without_any_optional_field(account: Account, status: str) -> None:
    dispute = account.standin.open_dispute(account.confirmed("pm_card_visa"))
    account.standin.settle_dispute(dispute["id"], status)
    body = account.get(f"/v1/disputes/{dispute['id']}")
    whole = read_dispute(body)
    for variant in vary(body):
        fact = read_dispute(variant.body, intent_id="pi_of_the_charge")
        assert (fact.id, fact.amount, fact.status) == (whole.id, whole.amount, whole.status), variant
        assert fact.intent_id == ("pi_of_the_charge" if variant.path == "payment_intent" else whole.intent_id)


def test_every_event_of_the_account_is_read_without_any_optional_field(account: Account) -> None:
    for state in INTENTS.values():
        state(account)
    account.standin.open_refund(account.confirmed("pm_card_visa"))
    account.standin.open_dispute(account.confirmed("pm_card_visa"))
    events = {event["type"]: event for event in account.get("/v1/events", limit=100)["data"]}
    assert {"payment_intent.succeeded", "charge.refunded", "refund.created", "charge.dispute.created"} <= events.keys()
    for event in events.values():
        whole = read_event(event)
        for variant in vary(event):
            read = read_event(variant.body)
            assert (read.id, read.type, read.created_at) == (whole.id, whole.type, whole.created_at), variant
            if variant.path != "data.object.payment_intent":
                assert (read.object_type, read.object_id) == (whole.object_type, whole.object_id), variant
