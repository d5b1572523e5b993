"""Each variant of a Stripe object differs in one optional field, and the SDK's types allow it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.sandbox.stripe.sdk_types import violations
from tests.support.optional_fields import RESOURCES, vary
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin

Json = dict[str, Any]


@pytest.fixture(scope="module")
def responses(running: StripeStandin) -> dict[str, Json]:
    """One object of each kind as the stand-in returns it, with expanded objects."""
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
def test_every_variant_differs_in_one_field_and_matches_the_sdks_type(responses: dict[str, Json], kind: str) -> None:
    body = responses[kind]
    variants = list(vary(body))
    assert len({str(variant) for variant in variants}) == len(variants) > 5
    for variant in variants:
        assert differing(body, variant.body) == [variant.path], variant
        assert violations(variant.body, RESOURCES[kind]) == [], variant


def test_only_optional_fields_are_varied_at_every_depth(responses: dict[str, Json]) -> None:
    changes = {str(variant) for variant in vary(responses["payment_intent"])}
    assert {
        "latest_charge absent",
        "latest_charge null",
        "last_payment_error absent",
        "latest_charge.balance_transaction null",
        "latest_charge.balance_transaction.description absent",
        "latest_charge.payment_method_details.card.last4 null",
    } <= changes
    assert not {"id", "amount", "currency", "status", "metadata"} & {change.partition(" ")[0] for change in changes}
    assert "refunds.data.0.reason absent" in {str(variant) for variant in vary(responses["charge"])}
    assert "balance_transactions.0.description null" in {str(variant) for variant in vary(responses["dispute"])}


def test_a_null_field_becomes_absent_and_an_absent_field_null(responses: dict[str, Json]) -> None:
    changes = {str(variant) for variant in vary(responses["refund"])}
    assert {"reason absent", "failure_reason null"} <= changes
    assert not {"reason null", "failure_reason absent"} & changes


def test_the_object_of_an_event_is_varied_by_its_type(responses: dict[str, Json]) -> None:
    changes = {str(variant) for variant in vary(responses["event"])}
    assert {
        "api_version null",
        "request absent",
        "data.object.customer null",
        "data.object.latest_charge absent",
    } <= changes
