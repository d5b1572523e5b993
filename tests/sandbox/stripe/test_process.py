"""The process starts and stops fast, and what it responded with survives a kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.sandbox.stripe.conftest import Receiver
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin, start_stripe_standin

from stripe_standin.config import MissingSettings, read_config

REFUNDED = {"refunded": 400, "refund_id": "re_past", "refund_created": 1_700_100_000}
HISTORY = {
    "customers": [{"id": "cus_past", "email": "past@example.com", "created": 1_700_000_000}],
    "payment_intents": [
        {
            "id": f"pi_past{number}",
            "amount": 1000,
            "currency": "usd",
            "customer": "cus_past",
            "created": 1_700_000_000 + number,
            "metadata": {"order_id": str(number)},
            **(
                {"refunded": 400, "refund_id": f"re_past{number}", "refund_created": 1_700_100_000}
                if number == 2
                else {}
            ),
        }
        for number in range(3)
    ],
}


def intent(standin: StripeStandin) -> httpx.Response:
    sent = {"amount": "100", "currency": "usd", "key": standin.secret_key}
    return httpx.post(f"{standin.url}/v1/payment_intents", data=sent, **PLAIN)


def test_every_response_survives_a_kill(tmp_path: Path) -> None:
    standin = start_stripe_standin(tmp_path)
    answered: list[str] = []

    def request_until_it_fails() -> None:
        while True:
            try:
                answered.append(intent(standin).json()["id"])
            except (httpx.HTTPError, ValueError):
                return

    clients = [threading.Thread(target=request_until_it_fails) for _ in range(4)]
    for one in clients:
        one.start()
    time.sleep(0.5)
    standin.kill()
    for one in clients:
        one.join()
    standin.start()
    try:
        kept = {line["id"] for line in standin.ledger()["payment_intents"]}
    finally:
        standin.stop()
    assert answered
    assert set(answered) <= kept


def test_it_stops_within_two_seconds_while_a_call_hangs(tmp_path: Path) -> None:
    standin = start_stripe_standin(tmp_path)
    standin.set_faults(timeout=1)
    with ThreadPoolExecutor() as pool:
        hanging = pool.submit(intent, standin)
        time.sleep(0.3)
        start = time.monotonic()
        standin.stop()
        assert time.monotonic() - start < 2
        assert isinstance(hanging.exception(), httpx.HTTPError) or hanging.result().status_code >= 500
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", standin.port))


def test_one_kill_frees_the_port(tmp_path: Path) -> None:
    standin = start_stripe_standin(tmp_path)
    assert standin.process is not None
    os.kill(standin.process.pid, signal.SIGKILL)
    standin.process.wait(5)
    assert not standin.answers()


def test_it_listens_on_127_0_0_1_only(running: StripeStandin) -> None:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        assert probe.connect_ex(("127.0.0.2", running.port)) != 0


def test_every_missing_setting_is_named() -> None:
    with pytest.raises(MissingSettings, match="STRIPE_STANDIN_STATE, STRIPE_SECRET_KEY"):
        read_config({"STRIPE_STANDIN_PORT": "1"})
    environment = {name: value for name, value in os.environ.items() if name == "PYTHONPATH"}
    completed = subprocess.run(
        [sys.executable, "-m", "stripe_standin"], env=environment, capture_output=True, check=False, timeout=20
    )
    assert completed.returncode == 1
    assert b"STRIPE_WEBHOOK_SECRET" in completed.stderr


def test_an_import_can_be_repeated_and_sends_no_webhooks(tmp_path: Path, other: Receiver) -> None:
    standin = start_stripe_standin(tmp_path, other.url)
    try:
        assert standin.control("POST", "import", HISTORY) == {"customers": 1, "payment_intents": 3}
        assert standin.control("POST", "import", HISTORY) == {"customers": 0, "payment_intents": 0}
        totals = standin.ledger()["totals"]["usd"]
        assert (totals["received"], totals["refunded"], totals["net"]) == (3000, 400, 2600)
        bearer = {"Authorization": f"Bearer {standin.secret_key}"}
        events = httpx.get(f"{standin.url}/v1/events", headers=bearer, **PLAIN).json()["data"]
        assert {"charge.refunded", "payment_intent.succeeded"} <= {event["type"] for event in events}
        sent = {"payment_intent": "pi_past2", "key": standin.secret_key}
        refund = httpx.post(f"{standin.url}/v1/refunds", data=sent, **PLAIN).json()
        assert refund["amount"] == 600
        standin.flush()
        assert set(other.types()) == {"refund.created", "charge.refunded"}
        assert standin.control("POST", "reset") == {"reset": True}
        assert standin.ledger() == {"payment_intents": [], "totals": {}}
    finally:
        standin.stop()


@pytest.mark.parametrize("given", [[], {"payment_intents": [{"id": "pi_1"}]}, {"payment_intents": 3}])
def test_an_invalid_import_is_rejected(running: StripeStandin, given: object) -> None:
    assert httpx.post(f"{running.url}/_control/import", json=given, **PLAIN).status_code == 400


def test_the_home_page_shows_payments_and_test_cards(running: StripeStandin) -> None:
    sent = {"amount": "100", "currency": "usd", "key": running.secret_key, "description": "<script>alert(1)</script>"}
    httpx.post(f"{running.url}/v1/payment_intents", data=sent, **PLAIN)
    page = httpx.get(running.url, **PLAIN)
    assert "This is not Stripe" in page.text
    assert "&lt;script&gt;" in page.text
    assert "<script>" not in page.text
    assert running.secret_key not in page.text
    for shown in ("4242424242424242", "DE89370400440532013000", "What it models", "What it does not model"):
        assert shown in page.text


def test_fifty_concurrent_payments_all_send_webhooks(tmp_path: Path, other: Receiver) -> None:
    standin = start_stripe_standin(tmp_path, other.url)
    try:
        sent = {"amount": "100", "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa"}

        def buy(_: int) -> int:
            paying = sent | {"key": standin.secret_key}
            return httpx.post(f"{standin.url}/v1/payment_intents", data=paying, **PLAIN, timeout=20).status_code

        with ThreadPoolExecutor(50) as pool:
            assert set(pool.map(buy, range(50))) == {200}
        assert standin.flush()["pending"] == 0
        assert other.types().count("payment_intent.succeeded") == 50
    finally:
        standin.stop()
