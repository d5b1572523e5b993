"""Fault injection: the requested faults happen, and no others."""

from __future__ import annotations

import time

import httpx
import pytest
import stripe
from tests.sandbox.stripe.conftest import SDK_WARNING
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin

INTENT = {"amount": "100", "currency": "usd"}


def count_intents(standin: StripeStandin) -> int:
    return len(standin.ledger()["payment_intents"])


def test_a_rate_limited_call_is_429_and_changes_nothing(standin: StripeStandin, raw: httpx.Client) -> None:
    before = count_intents(standin)
    standin.set_faults(rate_limited=1)
    response = raw.post("/v1/payment_intents", data=INTENT)
    assert (response.status_code, response.json()["error"]["code"]) == (429, "rate_limit")
    assert count_intents(standin) == before


def test_a_timed_out_call_changes_nothing(standin: StripeStandin, raw: httpx.Client) -> None:
    before = count_intents(standin)
    standin.set_faults(timeout=1)
    with pytest.raises(httpx.ReadTimeout):
        raw.post("/v1/payment_intents", data=INTENT, timeout=0.5)
    assert count_intents(standin) == before


def test_an_unanswered_call_is_applied_and_can_be_repeated(standin: StripeStandin, raw: httpx.Client) -> None:
    before = count_intents(standin)
    standin.set_faults(applied_unanswered=1)
    key = {"Idempotency-Key": "unanswered"}
    with pytest.raises(httpx.ReadTimeout):
        raw.post("/v1/payment_intents", data=INTENT, headers=key, timeout=0.5)
    assert count_intents(standin) == before + 1
    standin.set_faults()
    again = raw.post("/v1/payment_intents", data=INTENT, headers=key)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert count_intents(standin) == before + 1


def test_an_applied_server_error_keeps_the_change(standin: StripeStandin, raw: httpx.Client) -> None:
    before = count_intents(standin)
    standin.set_faults(applied_server_error=1)
    assert raw.post("/v1/payment_intents", data=INTENT).status_code == 500
    assert count_intents(standin) == before + 1


def test_faults_can_be_limited_to_some_calls(standin: StripeStandin, raw: httpx.Client) -> None:
    standin.set_faults(server_error=1, only=["POST /v1/refunds"])
    assert raw.post("/v1/payment_intents", data=INTENT).status_code == 200
    assert raw.post("/v1/refunds", data={"payment_intent": "pi_1"}).status_code == 500
    assert raw.get("/v1/refunds").status_code == 200


def test_a_star_matches_one_segment_of_a_path(standin: StripeStandin, raw: httpx.Client) -> None:
    intent = raw.post("/v1/payment_intents", data=INTENT).json()["id"]
    standin.set_faults(server_error=1, only=["POST /v1/payment_intents/*/cancel"])
    assert raw.post("/v1/payment_intents", data=INTENT).status_code == 200
    assert raw.post(f"/v1/payment_intents/{intent}").status_code == 200
    assert raw.post(f"/v1/payment_intents/{intent}/cancel").status_code == 500


def test_each_path_can_have_different_faults(standin: StripeStandin, raw: httpx.Client) -> None:
    intent = raw.post("/v1/payment_intents", data=INTENT).json()["id"]
    standin.set_faults(
        rules=[
            {"on": "POST /v1/payment_intents", "applied_unanswered": 1},
            {"on": "POST /v1/payment_intents/*/cancel", "rate_limited": 1},
            {"on": "POST /v1/payment_intents/*/confirm", "timeout": 1},
            {"on": "GET /v1/payment_intents/*", "latency": 0.3},
            {"on": "/v1/refunds", "server_error": 1},
            {"on": "/v1/refunds", "rate_limited": 1},
        ]
    )
    before = count_intents(standin)
    with pytest.raises(httpx.ReadTimeout):
        raw.post("/v1/payment_intents", data=INTENT, timeout=0.5)
    assert count_intents(standin) == before + 1
    with pytest.raises(httpx.ReadTimeout):
        raw.post(f"/v1/payment_intents/{intent}/confirm", data={"payment_method": "pm_card_visa"}, timeout=0.5)
    assert raw.post(f"/v1/payment_intents/{intent}/cancel").status_code == 429
    start = time.monotonic()
    assert raw.get(f"/v1/payment_intents/{intent}").json()["status"] == "requires_payment_method"
    assert time.monotonic() - start >= 0.3
    assert [raw.get("/v1/refunds").status_code, raw.post("/v1/refunds").status_code] == [500, 500]
    assert raw.get("/v1/payment_intents", timeout=0.5).status_code == 200
    assert raw.get("/v1/refunds/re_1").status_code == 404


def test_a_rule_has_priority_over_the_general_faults(standin: StripeStandin, raw: httpx.Client) -> None:
    standin.set_faults(server_error=1, rules=[{"on": "POST /v1/payment_intents"}])
    assert raw.post("/v1/payment_intents", data=INTENT).status_code == 200
    assert raw.get("/v1/payment_intents").status_code == 500


def test_one_rule_can_have_several_faults(standin: StripeStandin, raw: httpx.Client) -> None:
    standin.set_faults(
        rules=[{"on": "POST /v1/payment_intents", "rate_limited": 0.5, "server_error": 0.5, "latency": 0.001}]
    )
    responses = {raw.post("/v1/payment_intents", data=INTENT).status_code for _ in range(100)}
    assert responses == {200, 429, 500}
    rules = standin.control("GET", "faults")["rules"]
    assert [(rule["on"], rule["rate_limited"], rule["timeout"]) for rule in rules] == [
        ("POST /v1/payment_intents", 0.5, 0.0)
    ]
    standin.kill()
    standin.start()
    assert standin.control("GET", "faults")["rules"] == rules


def test_new_faults_replace_the_earlier_ones(standin: StripeStandin) -> None:
    standin.set_faults(duplicate=2, drop=0.5)
    assert standin.set_faults(shuffle=True)["duplicate"] == 0
    standin.kill()
    standin.start()
    assert standin.control("GET", "faults")["shuffle"] is True


@pytest.mark.parametrize(
    "faults",
    [
        {"duplicate_events": 2},
        {"drop": -1},
        {"delay": "x"},
        {"shuffle": 1},
        {"unknown": 1},
        {"only": "x"},
        {"calls": {}},
        {"rules": "x"},
        {"rules": ["POST /v1/refunds"]},
        {"rules": [{"timeout": 1}]},
        {"rules": [{"on": "/v1/refunds", "timeout": 2}]},
        {"rules": [{"on": "/v1/refunds", "drop": 1}]},
    ],
)
def test_an_invalid_fault_is_rejected(standin: StripeStandin, faults: dict[str, object]) -> None:
    response = httpx.post(f"{standin.url}/_control/faults", json=faults, **PLAIN)
    assert response.status_code == 400
    assert standin.control("GET", "faults")["duplicate_events"] == 0


@pytest.mark.anyio
@pytest.mark.filterwarnings(SDK_WARNING)
async def test_the_sdk_raises_its_error_for_each_fault(standin: StripeStandin, client: stripe.StripeClient) -> None:
    for fault, error in (
        ("rate_limited", stripe.RateLimitError),
        ("server_error", stripe.APIError),
        ("timeout", stripe.APIConnectionError),
    ):
        standin.set_faults(**{fault: 1})
        with pytest.raises(error):
            await client.v1.payment_intents.create_async({"amount": 100, "currency": "usd"})
