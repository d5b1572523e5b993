"""The variants of Stripe's objects differ in one optional field each, and the SDK allows every one of them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.sandbox.stripe.conftest import PLAIN
from tests.sandbox.stripe.sdk_types import violations
from tests.support.optional_fields import RESOURCES, vary
from tests.support.stripe_standin import StripeStandin

Json = dict[str, Any]


@pytest.fixture(scope="module")
def answered(running: StripeStandin) -> dict[str, Json]:
    """One object of each kind as the stand-in answers it, with other objects inside."""
    headers = {"Authorization": f"Bearer {running.secret_key}"}
    with httpx.Client(base_url=f"{running.url}/v1", headers=headers, **PLAIN) as http:

        def newest(path: str, *expand: str, **more: str) -> Json:
            params: Any = {"limit": 1, "expand[]": [f"data.{one}" for one in expand], **more}
            found: Json = http.get(path, params=params).json()["data"][0]
            return found

        customer = http.post("/customers", data={"email": "ada@example.com"}).json()
        sent = {"amount": 5000, "currency": "usd", "confirm": "true", "customer": customer["id"]}
        intent = http.post("/payment_intents", data=sent | {"payment_method": "pm_card_visa"}).json()
        http.post("/refunds", data={"payment_intent": intent["id"], "amount": 100})
        running.open_dispute(intent["id"])
        return {
            "payment_intent": newest("/payment_intents", "latest_charge.balance_transaction"),
            "charge": newest("/charges", "refunds"),
            "refund": newest("/refunds", "balance_transaction"),
            "dispute": newest("/disputes"),
            "balance_transaction": newest("/balance_transactions"),
            "customer": newest("/customers"),
            "payment_method": http.get(f"/payment_methods/{intent['payment_method']}").json(),
            "event": newest("/events", type="payment_intent.succeeded"),
        }


def differing(one: Any, other: Any, path: str = "") -> list[str]:
    """The places where two JSON values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = sorted(one.keys() | other.keys())
        return [
            found for name in names for found in differing(one.get(name, ...), other.get(name, ...), f"{path}.{name}")
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            found
            for place, pair in enumerate(zip(one, other, strict=True))
            for found in differing(*pair, f"{path}.{place}")
        ]
    return [] if one == other else [path.removeprefix(".")]


@pytest.mark.parametrize("kind", RESOURCES)
def test_every_variant_differs_in_one_place_and_is_what_the_sdk_declares(answered: dict[str, Json], kind: str) -> None:
    body = answered[kind]
    variants = list(vary(body))
    assert len({str(variant) for variant in variants}) == len(variants) > 5
    for variant in variants:
        assert differing(body, variant.body) == [variant.path], variant
        assert violations(variant.body, RESOURCES[kind]) == [], variant


def test_optional_fields_are_varied_at_every_depth_and_others_never(answered: dict[str, Json]) -> None:
    changes = {str(variant) for variant in vary(answered["payment_intent"])}
    assert {
        "latest_charge absent",
        "latest_charge null",
        "last_payment_error absent",
        "latest_charge.balance_transaction null",
        "latest_charge.balance_transaction.description absent",
        "latest_charge.payment_method_details.card.last4 null",
    } <= changes
    assert not {"id", "amount", "currency", "status", "metadata"} & {change.partition(" ")[0] for change in changes}
    assert "refunds.data.0.reason absent" in {str(variant) for variant in vary(answered["charge"])}
    assert "balance_transactions.0.description null" in {str(variant) for variant in vary(answered["dispute"])}


def test_what_is_null_already_can_still_be_absent_and_what_is_absent_null(answered: dict[str, Json]) -> None:
    changes = {str(variant) for variant in vary(answered["refund"])}
    assert {"reason absent", "failure_reason null"} <= changes
    assert not {"reason null", "failure_reason absent"} & changes


def test_the_object_of_an_event_varies_by_its_own_type(answered: dict[str, Json]) -> None:
    changes = {str(variant) for variant in vary(answered["event"])}
    assert {
        "api_version null",
        "request absent",
        "data.object.customer null",
        "data.object.latest_charge absent",
    } <= changes
