"""Telling: an event is stored and owed to every target that wants it, in the transaction of what it tells."""

import time
from collections.abc import Iterator

from stripe_standin.faults import hits, some_of
from stripe_standin.objects.event import new_event
from stripe_standin.standin import Call
from stripe_standin.store import deliveries, objects
from stripe_standin.vocabulary import Json

BUILT_IN = "built-in"
SHUFFLED_OVER_SECONDS = 1.0


def tell(call: Call, event_type: str, about: Json, *, previous: Json | None = None) -> None:
    """Record that something happened to an object, and owe the news to whoever asked for it."""
    targets = list(targets_of(call, event_type))
    for _ in range(2 if hits(call.standin.faults.twin) else 1):
        event = new_event(
            event_type,
            about,
            now=call.now,
            previous=previous,
            request_id=call.request_id,
            idempotency_key=call.idempotency_key,
        )
        event["pending_webhooks"] = len(targets)
        objects.put(call.database, event)
        for target in targets:
            owe_copies(call, event["id"], target)


def tell_change(call: Call, event_type: str, about: Json, before: Json) -> None:
    """Record an update, naming the fields that had other values before."""
    previous = {name: value for name, value in before.items() if about.get(name) != value}
    tell(call, event_type, about, previous=previous)


def owe_copies(call: Call, event_id: str, target: str) -> None:
    """Owe an event to a target as often and as late as the faults want."""
    faults = call.standin.faults
    span = max(faults.delay, SHUFFLED_OVER_SECONDS) if faults.shuffle else faults.delay
    for _ in range(1 + faults.duplicate):
        if not hits(faults.drop):
            deliveries.owe(call.database, event_id, target, time.time() + some_of(span))


def targets_of(call: Call, event_type: str) -> Iterator[str]:
    """The built-in endpoint, if there is one, and every registered endpoint that listens to this type."""
    if call.standin.config.webhook_url:
        yield BUILT_IN
    for endpoint in objects.list_all(call.database, "webhook_endpoint", topic="enabled"):
        if {"*", event_type} & set(endpoint["enabled_events"]):
            yield endpoint["id"]
