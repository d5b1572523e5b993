"""Stores events and queues their webhooks, in the transaction of the change that they describe."""

from __future__ import annotations

import time
from collections.abc import Iterator

from stripe_standin.faults import choose_delay, occurs
from stripe_standin.json_types import Json
from stripe_standin.objects.event import new_event
from stripe_standin.standin import Call
from stripe_standin.store import deliveries, objects

BUILT_IN = "built-in"
SHUFFLE_SECONDS = 1.0


def emit_event(call: Call, event_type: str, about: Json, *, previous: Json | None = None) -> None:
    """Store an event about an object and queue it for every target of its type."""
    targets = list(list_event_targets(call, event_type))
    for _ in range(2 if occurs(call.standin.faults.duplicate_events) else 1):
        event = new_event(
            event_type,
            about,
            now=call.now,
            previous=previous,
            request_id=call.request_id,
            idempotency_key=call.idempotency_key,
        )
        event["pending_webhooks"] = len(targets)
        objects.save(call.database, event)
        for target in targets:
            enqueue_deliveries(call, event["id"], target)


def emit_update(call: Call, event_type: str, about: Json, before: Json) -> None:
    """Store an update event with the previous values of the changed fields."""
    previous = {name: value for name, value in before.items() if about.get(name) != value}
    emit_event(call, event_type, about, previous=previous)


def enqueue_deliveries(call: Call, event_id: str, target: str) -> None:
    """Queue an event for a target, as often and as late as the faults say."""
    faults = call.standin.faults
    span = max(faults.delay, SHUFFLE_SECONDS) if faults.shuffle else faults.delay
    for _ in range(1 + faults.duplicate):
        if not occurs(faults.drop):
            deliveries.enqueue(call.database, event_id, target, time.time() + choose_delay(span))


def list_event_targets(call: Call, event_type: str) -> Iterator[str]:
    """The built-in endpoint, if it has a URL, and every registered endpoint for this event type."""
    if call.standin.config.webhook_url:
        yield BUILT_IN
    for endpoint in objects.list_all(call.database, "webhook_endpoint", topic="enabled"):
        if {"*", event_type} & set(endpoint["enabled_events"]):
            yield endpoint["id"]
