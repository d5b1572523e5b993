"""Webhooks are signed, repeated until they are accepted, and disturbed by faults."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import httpx
import pytest
import stripe
from tests.sandbox.stripe.conftest import Receiver
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin, free_port, start_stripe_standin


def create_intent(raw: httpx.Client) -> str:
    intent: str = raw.post("/v1/payment_intents", data={"amount": "100", "currency": "usd"}).json()["id"]
    return intent


def test_a_webhook_is_repeated_until_it_is_accepted(
    standin: StripeStandin,
    raw: httpx.Client,
    receiver: Receiver,
) -> None:
    receiver.statuses[:] = [500, 302, 404]
    intent = create_intent(raw)
    event = receiver.wait_for("payment_intent.created", intent)
    time.sleep(0.1)
    assert raw.get(f"/v1/events/{event['id']}").json()["pending_webhooks"] == 1
    assert standin.flush()["pending"] == 0
    assert receiver.types(intent).count("payment_intent.created") == 4
    assert raw.get(f"/v1/events/{event['id']}").json()["pending_webhooks"] == 0


def test_a_registered_endpoint_receives_only_its_event_types(
    raw: httpx.Client,
    standin: StripeStandin,
    other: Receiver,
) -> None:
    sent = {"url": other.url, "enabled_events[]": ["payment_intent.canceled", "customer.created"]}
    endpoint = raw.post("/v1/webhook_endpoints", data=sent).json()
    intent = create_intent(raw)
    raw.post(f"/v1/payment_intents/{intent}/cancel")
    other.wait_for("payment_intent.canceled", intent)
    assert other.types() == ["payment_intent.canceled"]
    body, signature = other.webhooks[0]
    stripe.Webhook.construct_event(body, signature, endpoint["secret"])
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, standin.webhook_secret)
    assert "secret" not in raw.get(f"/v1/webhook_endpoints/{endpoint['id']}").json()
    raw.delete(f"/v1/webhook_endpoints/{endpoint['id']}")
    raw.post(f"/v1/payment_intents/{create_intent(raw)}/cancel")
    standin.flush()
    assert len(other.webhooks) == 1


def test_an_endpoint_that_is_down_does_not_delay_others(raw: httpx.Client, receiver: Receiver) -> None:
    sent = {"url": f"http://127.0.0.1:{free_port()}/", "enabled_events[]": "*"}
    endpoint = raw.post("/v1/webhook_endpoints", data=sent).json()
    intents = [create_intent(raw) for _ in range(60)]
    for intent in intents:
        receiver.wait_for("payment_intent.created", intent, seconds=3)
    raw.delete(f"/v1/webhook_endpoints/{endpoint['id']}")


def test_deliveries_are_duplicated(standin: StripeStandin, raw: httpx.Client, receiver: Receiver) -> None:
    standin.set_faults(duplicate=2)
    intent = create_intent(raw)
    standin.flush()
    assert len({event["id"] for event in receiver.events(intent)}) == 1
    assert len(receiver.events(intent)) == 3


def test_events_are_duplicated(standin: StripeStandin, raw: httpx.Client, receiver: Receiver) -> None:
    standin.set_faults(duplicate_events=1)
    intent = create_intent(raw)
    standin.flush()
    events = receiver.events(intent)
    assert len({event["id"] for event in events}) == len(events) == 2
    assert events[0]["data"] == events[1]["data"]


def test_events_of_dropped_webhooks_are_listed(
    standin: StripeStandin,
    raw: httpx.Client,
    receiver: Receiver,
) -> None:
    standin.set_faults(drop=1)
    intent = create_intent(raw)
    assert standin.flush()["pending"] == 0
    assert receiver.events(intent) == []
    listed = raw.get("/v1/events", params={"type": "payment_intent.created", "limit": 100}).json()["data"]
    assert intent in {event["data"]["object"]["id"] for event in listed}


def test_webhooks_are_delayed_until_flushed(standin: StripeStandin, raw: httpx.Client, receiver: Receiver) -> None:
    standin.set_faults(delay=1000)
    intents = [create_intent(raw) for _ in range(5)]
    time.sleep(0.3)
    assert sum(len(receiver.events(intent)) for intent in intents) <= 1
    flushed = standin.flush()
    assert flushed["pending"] == 0
    assert flushed["delivered"] >= 4
    assert all(receiver.events(intent) for intent in intents)


def test_events_are_filtered_by_delivery(standin: StripeStandin, raw: httpx.Client) -> None:
    def about(**params: str | int) -> set[str]:
        listed = raw.get("/v1/events", params={"limit": 100, **params}).json()["data"]
        return {event["data"]["object"]["id"] for event in listed}

    standin.flush()
    standin.set_faults(delay=1000)
    intents = {create_intent(raw) for _ in range(20)}
    assert about(delivery_success="false") <= intents
    assert about(delivery_success="false")
    standin.flush()
    assert about(delivery_success="false") == set()
    assert intents <= about(delivery_success="true")


def test_webhooks_are_shuffled(standin: StripeStandin, raw: httpx.Client, receiver: Receiver) -> None:
    standin.set_faults(shuffle=True)
    intents = [create_intent(raw) for _ in range(12)]
    for intent in intents:
        receiver.wait_for("payment_intent.created", intent)
    ids = [event["data"]["object"]["id"] for event in receiver.events() if event["data"]["object"]["id"] in intents]
    assert Counter(ids) == Counter(intents)
    assert ids != intents


def test_pending_webhooks_survive_a_kill(tmp_path: Path, other: Receiver) -> None:
    standin = start_stripe_standin(tmp_path, other.url)
    try:
        other.statuses[:] = [500] * 3
        sent = {"amount": "100", "currency": "usd", "key": standin.secret_key}
        intent = httpx.post(f"{standin.url}/v1/payment_intents", data=sent, **PLAIN).json()["id"]
        standin.kill()
        other.statuses.clear()
        standin.start()
        other.wait_for("payment_intent.created", intent)
    finally:
        standin.stop()


def test_the_signature_has_the_time_of_the_stand_ins_clock(
    standin: StripeStandin, raw: httpx.Client, receiver: Receiver
) -> None:
    standin.control("POST", "clock", {"advance_seconds": 3 * 24 * 3600})
    intent = create_intent(raw)
    event = receiver.wait_for("payment_intent.created", intent)
    assert event["created"] > time.time() + 2.9 * 24 * 3600
    signature = next(sign for body, sign in receiver.webhooks if intent.encode() in body)
    assert int(signature.split(",")[0].removeprefix("t=")) >= event["created"]


def test_a_flush_delivers_shuffled_webhooks_shuffled(
    standin: StripeStandin, raw: httpx.Client, receiver: Receiver
) -> None:
    standin.set_faults(shuffle=True, delay=1000)
    intents = [create_intent(raw) for _ in range(40)]
    assert standin.flush()["pending"] == 0
    ids = [event["data"]["object"]["id"] for event in receiver.events() if event["data"]["object"]["id"] in intents]
    assert Counter(ids) == Counter(intents)
    assert ids[:10] != intents[:10]


@pytest.mark.parametrize(
    ("outcome", "status", "event_type"),
    [
        ("succeeded", "succeeded", "payment_intent.succeeded"),
        ("failed", "requires_payment_method", "payment_intent.payment_failed"),
    ],
)
def test_a_processing_payment_succeeds_or_fails(
    standin: StripeStandin,
    raw: httpx.Client,
    receiver: Receiver,
    outcome: str,
    status: str,
    event_type: str,
) -> None:
    intent = create_intent(raw)
    assert standin.control("POST", f"payment_intents/{intent}", {"status": "processing"})["status"] == "processing"
    receiver.wait_for("payment_intent.processing", intent)
    assert raw.post(f"/v1/payment_intents/{intent}/cancel").status_code == 400
    assert standin.control("POST", f"payment_intents/{intent}", {"status": outcome})["status"] == status
    receiver.wait_for(event_type, intent)
