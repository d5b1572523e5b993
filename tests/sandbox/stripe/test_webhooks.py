"""News reaches whoever asked for it: signed, repeated until heard, and as unruly as the faults want."""

import time
from collections import Counter
from pathlib import Path

import httpx
import pytest
import stripe
from tests.sandbox.stripe.conftest import PLAIN, Receiver
from tests.support.stripe_standin import StripeStandin, free_port, start_stripe_standin


def make(raw: httpx.Client) -> str:
    intent: str = raw.post("/v1/payment_intents", data={"amount": "100", "currency": "usd"}).json()["id"]
    return intent


def test_an_unheard_webhook_is_repeated_until_it_is_heard(
    standin: StripeStandin,
    raw: httpx.Client,
    receiver: Receiver,
) -> None:
    receiver.answers[:] = [500, 302, 404]
    intent = make(raw)
    event = receiver.wait_for("payment_intent.created", intent)
    time.sleep(0.1)
    assert raw.get(f"/v1/events/{event['id']}").json()["pending_webhooks"] == 1
    assert standin.flush()["pending"] == 0
    assert receiver.types(intent).count("payment_intent.created") == 4
    assert raw.get(f"/v1/events/{event['id']}").json()["pending_webhooks"] == 0


def test_a_registered_endpoint_hears_only_what_it_wants(
    raw: httpx.Client,
    standin: StripeStandin,
    other: Receiver,
) -> None:
    sent = {"url": other.url, "enabled_events[]": ["payment_intent.canceled", "customer.created"]}
    endpoint = raw.post("/v1/webhook_endpoints", data=sent).json()
    intent = make(raw)
    raw.post(f"/v1/payment_intents/{intent}/cancel")
    other.wait_for("payment_intent.canceled", intent)
    assert other.types() == ["payment_intent.canceled"]
    body, signature = other.webhooks[0]
    stripe.Webhook.construct_event(body, signature, endpoint["secret"])
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, standin.webhook_secret)
    assert "secret" not in raw.get(f"/v1/webhook_endpoints/{endpoint['id']}").json()
    raw.delete(f"/v1/webhook_endpoints/{endpoint['id']}")
    raw.post(f"/v1/payment_intents/{make(raw)}/cancel")
    standin.flush()
    assert len(other.webhooks) == 1


def test_an_endpoint_that_is_down_keeps_nobody_waiting(raw: httpx.Client, receiver: Receiver) -> None:
    sent = {"url": f"http://127.0.0.1:{free_port()}/", "enabled_events[]": "*"}
    endpoint = raw.post("/v1/webhook_endpoints", data=sent).json()
    intents = [make(raw) for _ in range(60)]
    for intent in intents:
        receiver.wait_for("payment_intent.created", intent, seconds=3)
    raw.delete(f"/v1/webhook_endpoints/{endpoint['id']}")


def test_deliveries_are_duplicated(standin: StripeStandin, raw: httpx.Client, receiver: Receiver) -> None:
    standin.set_faults(duplicate=2)
    intent = make(raw)
    standin.flush()
    assert len({event["id"] for event in receiver.events(intent)}) == 1
    assert len(receiver.events(intent)) == 3


def test_facts_are_told_under_two_ids(standin: StripeStandin, raw: httpx.Client, receiver: Receiver) -> None:
    standin.set_faults(twin=1)
    intent = make(raw)
    standin.flush()
    told = receiver.events(intent)
    assert len({event["id"] for event in told}) == len(told) == 2
    assert told[0]["data"] == told[1]["data"]


def test_dropped_webhooks_never_come_but_the_events_can_be_asked_for(
    standin: StripeStandin,
    raw: httpx.Client,
    receiver: Receiver,
) -> None:
    standin.set_faults(drop=1)
    intent = make(raw)
    assert standin.flush()["pending"] == 0
    assert receiver.events(intent) == []
    listed = raw.get("/v1/events", params={"type": "payment_intent.created", "limit": 100}).json()["data"]
    assert intent in {event["data"]["object"]["id"] for event in listed}


def test_webhooks_are_delayed_until_flushed(standin: StripeStandin, raw: httpx.Client, receiver: Receiver) -> None:
    standin.set_faults(delay=1000)
    intents = [make(raw) for _ in range(5)]
    time.sleep(0.3)
    assert sum(len(receiver.events(intent)) for intent in intents) <= 1
    flushed = standin.flush()
    assert flushed["pending"] == 0
    assert flushed["delivered"] >= 4
    assert all(receiver.events(intent) for intent in intents)


def test_events_are_listed_by_whether_their_webhooks_came(standin: StripeStandin, raw: httpx.Client) -> None:
    def about(**params: str | int) -> set[str]:
        listed = raw.get("/v1/events", params={"limit": 100, **params}).json()["data"]
        return {event["data"]["object"]["id"] for event in listed}

    standin.flush()
    standin.set_faults(delay=1000)
    intents = {make(raw) for _ in range(20)}
    assert about(delivery_success="false") <= intents
    assert about(delivery_success="false")
    standin.flush()
    assert about(delivery_success="false") == set()
    assert intents <= about(delivery_success="true")


def test_webhooks_are_shuffled(standin: StripeStandin, raw: httpx.Client, receiver: Receiver) -> None:
    standin.set_faults(shuffle=True)
    intents = [make(raw) for _ in range(12)]
    for intent in intents:
        receiver.wait_for("payment_intent.created", intent)
    told = [event["data"]["object"]["id"] for event in receiver.events() if event["data"]["object"]["id"] in intents]
    assert Counter(told) == Counter(intents)
    assert told != intents


def test_what_is_owed_survives_a_kill(tmp_path: Path, other: Receiver) -> None:
    standin = start_stripe_standin(tmp_path, other.url)
    try:
        other.answers[:] = [500] * 3
        sent = {"amount": "100", "currency": "usd", "key": standin.secret_key}
        intent = httpx.post(f"{standin.url}/v1/payment_intents", data=sent, **PLAIN).json()["id"]
        standin.kill()
        other.answers.clear()
        standin.start()
        other.wait_for("payment_intent.created", intent)
    finally:
        standin.stop()


def test_the_signature_carries_the_moved_clock(standin: StripeStandin, raw: httpx.Client, receiver: Receiver) -> None:
    standin.control("POST", "clock", {"advance_seconds": 3 * 24 * 3600})
    intent = make(raw)
    event = receiver.wait_for("payment_intent.created", intent)
    assert event["created"] > time.time() + 2.9 * 24 * 3600
    signature = next(sign for body, sign in receiver.webhooks if intent.encode() in body)
    assert int(signature.split(",")[0].removeprefix("t=")) >= event["created"]


def test_a_flush_keeps_what_is_shuffled_shuffled(standin: StripeStandin, raw: httpx.Client, receiver: Receiver) -> None:
    standin.set_faults(shuffle=True, delay=1000)
    intents = [make(raw) for _ in range(40)]
    assert standin.flush()["pending"] == 0
    told = [event["data"]["object"]["id"] for event in receiver.events() if event["data"]["object"]["id"] in intents]
    assert Counter(told) == Counter(intents)
    assert told[:10] != intents[:10]


@pytest.mark.parametrize(
    ("outcome", "status", "told"),
    [
        ("succeeded", "succeeded", "payment_intent.succeeded"),
        ("failed", "requires_payment_method", "payment_intent.payment_failed"),
    ],
)
def test_a_payment_can_take_its_time(
    standin: StripeStandin,
    raw: httpx.Client,
    receiver: Receiver,
    outcome: str,
    status: str,
    told: str,
) -> None:
    intent = make(raw)
    assert standin.control("POST", f"payment_intents/{intent}", {"status": "processing"})["status"] == "processing"
    receiver.wait_for("payment_intent.processing", intent)
    assert raw.post(f"/v1/payment_intents/{intent}/cancel").status_code == 400
    assert standin.control("POST", f"payment_intents/{intent}", {"status": outcome})["status"] == status
    receiver.wait_for(told, intent)
