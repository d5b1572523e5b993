"""Requests with the same idempotency key have one effect and one response."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.support.stripe_standin import StripeStandin

INTENT = {"amount": "4999", "currency": "usd"}


def post(raw: httpx.Client, key: str, sent: dict[str, str], path: str = "/v1/payment_intents") -> httpx.Response:
    return raw.post(path, data=sent, headers={"Idempotency-Key": key})


def test_the_same_key_gets_the_same_response(raw: httpx.Client) -> None:
    first, second = post(raw, "same", INTENT), post(raw, "same", INTENT)
    assert first.content == second.content
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Original-Request"] == first.headers["Request-Id"]
    assert second.headers["Request-Id"] != first.headers["Request-Id"]


def test_a_key_with_other_parameters_or_another_path_is_an_error(raw: httpx.Client) -> None:
    post(raw, "other", INTENT)
    for response in (
        post(raw, "other", INTENT | {"amount": "5000"}),
        post(raw, "other", INTENT, "/v1/payment_intents/pi_1"),
    ):
        assert (response.status_code, response.json()["error"]["type"]) == (400, "idempotency_error")


def test_a_key_in_use_is_a_conflict(standin: StripeStandin, raw: httpx.Client) -> None:
    standin.set_faults(latency=0.5)
    with ThreadPoolExecutor() as pool:
        running = pool.submit(post, raw, "running", INTENT)
        time.sleep(0.2)
        conflict = post(raw, "running", INTENT)
        assert (conflict.status_code, conflict.json()["error"]["code"]) == (409, "idempotency_key_in_use")
        assert running.result().status_code == 200
    assert post(raw, "running", INTENT).content == running.result().content


def test_a_decline_is_replayed(raw: httpx.Client) -> None:
    sent = INTENT | {"confirm": "true", "payment_method": "pm_card_visa_chargeDeclined"}
    first, second = post(raw, "declined", sent), post(raw, "declined", sent)
    assert (first.status_code, second.status_code) == (402, 402)
    assert first.content == second.content


def test_a_stored_500_is_replayed_and_changes_nothing(standin: StripeStandin, raw: httpx.Client) -> None:
    before = len(standin.ledger()["payment_intents"])
    standin.set_faults(server_error=1)
    assert post(raw, "failed", INTENT).status_code == 500
    standin.set_faults()
    again = post(raw, "failed", INTENT)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (500, "true")
    assert len(standin.ledger()["payment_intents"]) == before
    assert post(raw, "failed, second attempt", INTENT).status_code == 200


def test_a_rejected_parameter_is_not_stored(raw: httpx.Client) -> None:
    assert post(raw, "typo", INTENT | {"amuont": "1"}).status_code == 400
    assert post(raw, "typo", INTENT).status_code == 200


def test_a_rate_limited_call_is_not_stored(standin: StripeStandin, raw: httpx.Client) -> None:
    standin.set_faults(rate_limited=1)
    assert post(raw, "limited", INTENT).status_code == 429
    standin.set_faults()
    assert post(raw, "limited", INTENT).status_code == 200


def test_a_key_expires_after_a_day(standin: StripeStandin, raw: httpx.Client) -> None:
    first = post(raw, "old", INTENT).json()["id"]
    standin.control("POST", "clock", {"advance_seconds": 24 * 3600 - 60})
    assert post(raw, "old", INTENT).json()["id"] == first
    standin.control("POST", "clock", {"advance_seconds": 120})
    assert post(raw, "old", INTENT).json()["id"] != first


def test_keys_survive_a_kill(standin: StripeStandin, raw: httpx.Client) -> None:
    first = post(raw, "killed", INTENT)
    standin.kill()
    standin.start()
    assert post(raw, "killed", INTENT).content == first.content


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_an_invalid_key_is_rejected(raw: httpx.Client, key: str) -> None:
    assert post(raw, key, INTENT).status_code == 400


def test_fifty_calls_with_one_key_have_one_effect(standin: StripeStandin, raw: httpx.Client) -> None:
    before = len(standin.ledger()["payment_intents"])
    with ThreadPoolExecutor(20) as pool:
        responses = list(pool.map(lambda _: post(raw, "fifty", INTENT), range(50)))
    assert {response.status_code for response in responses} <= {200, 409}
    assert len({response.content for response in responses if response.status_code == 200}) == 1
    assert len(standin.ledger()["payment_intents"]) == before + 1
