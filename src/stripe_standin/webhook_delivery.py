"""Delivers webhooks: signed, concurrently, and repeated with growing delays until the target accepts them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import ssl
import time
from dataclasses import dataclass, field

import httpx
import orjson

from stripe_standin.events import BUILT_IN
from stripe_standin.standin import Standin
from stripe_standin.store import deliveries, objects
from stripe_standin.store.deliveries import Delivery

FIRST_RETRY_DELAY = 0.5
MAX_RETRY_DELAY = 60.0
MAX_IN_FLIGHT_PER_TARGET = 24
MAX_SLEEP = 1.0
TIMEOUT = httpx.Timeout(10.0, connect=2.0)
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    "Cache-Control": "no-cache",
}
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class WebhookSender:
    """The deliveries in flight per target, and how many succeeded and failed since the start."""

    standin: Standin
    client: httpx.AsyncClient
    in_flight: dict[str, dict[int, asyncio.Task[None]]] = field(default_factory=dict)
    delivered: int = 0
    failed: int = 0


def create_webhook_sender(standin: Standin) -> WebhookSender:
    """Create a sender with its own HTTP client, which uses no proxy and trusts whom the machine trusts."""
    # Each request looks at every kept connection.
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=8)
    # OpenSSL reads SSL_CERT_FILE: a webhook may go to a proxy with a certificate of its own.
    trusted = ssl.create_default_context()
    client = httpx.AsyncClient(timeout=TIMEOUT, limits=limits, trust_env=False, verify=trusted)
    return WebhookSender(standin=standin, client=client)


async def run_delivery(sender: WebhookSender) -> None:
    """Start due deliveries, then sleep until the next is due; an exception does not end the loop."""
    pending = sender.standin.deliveries_pending
    while True:
        pending.clear()
        try:
            delay = start_due_deliveries(sender)
        except Exception:
            logger.exception("could not start the due deliveries")
            delay = MAX_SLEEP
        try:
            async with asyncio.timeout(delay):
                await pending.wait()
        except TimeoutError:
            continue


def start_due_deliveries(sender: WebhookSender) -> float:
    """Start the due deliveries of each target; return the seconds until the next one is due."""
    database = sender.standin.database
    now = time.time()
    for target in deliveries.list_targets(database):
        in_flight = sender.in_flight.setdefault(target, {})
        for delivery in deliveries.list_due(database, target, now, MAX_IN_FLIGHT_PER_TARGET):
            if delivery.id not in in_flight and len(in_flight) < MAX_IN_FLIGHT_PER_TARGET:
                in_flight[delivery.id] = asyncio.create_task(deliver(sender, delivery))
    next_due = deliveries.find_next_due(database, now)
    return MAX_SLEEP if next_due is None else min(max(next_due - now, 0.005), MAX_SLEEP)


async def deliver(sender: WebhookSender, delivery: Delivery) -> None:
    """Try to deliver once, and store the result."""
    database = sender.standin.database
    accepted = False
    try:
        accepted = await post_event(sender, delivery)
    finally:
        if accepted:
            sender.delivered += 1
            deliveries.mark_delivered(database, delivery.id)
        else:
            sender.failed += 1
            deliveries.mark_failed(database, delivery.id, time.time() + retry_delay(delivery.attempts))
        sender.in_flight[delivery.target].pop(delivery.id, None)
        sender.standin.deliveries_pending.set()


async def post_event(sender: WebhookSender, delivery: Delivery) -> bool:
    """Post the signed event; return True when it was accepted or when its target no longer exists."""
    target = find_target(sender.standin, delivery.target)
    event = objects.find(sender.standin.database, "event", delivery.event)
    if target is None or event is None:
        return True
    url, secret = target
    body = orjson.dumps(event, option=orjson.OPT_INDENT_2)
    signature = sign_payload(body, secret, sender.standin.clock.now())
    try:
        response = await sender.client.post(url, content=body, headers=HEADERS | {"Stripe-Signature": signature})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        logger.info("webhook %s to %s failed: %r", delivery.event, url, error)
        return False
    return response.is_success


def find_target(standin: Standin, target: str) -> tuple[str, str] | None:
    """The URL and the signing secret of a target, or None when it is disabled or deleted."""
    if target == BUILT_IN:
        config = standin.config
        return (config.webhook_url, config.webhook_secret) if config.webhook_url else None
    endpoint = objects.find(standin.database, "webhook_endpoint", target)
    if endpoint is None or endpoint["status"] != "enabled":
        return None
    return endpoint["url"], objects.read_hidden(standin.database, target)["secret"]


def sign_payload(body: bytes, secret: str, timestamp: int) -> str:
    """The `Stripe-Signature` of a body: a timestamp, and an HMAC of timestamp and body."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def retry_delay(attempts: int) -> float:
    """The seconds before the next attempt, after this number of failed attempts."""
    return min(FIRST_RETRY_DELAY * (1 << min(attempts, 10)), MAX_RETRY_DELAY)


async def flush_deliveries(sender: WebhookSender, limit_seconds: float) -> None:
    """Make every pending delivery due and wait until none is pending, or until the limit."""
    database = sender.standin.database
    deliveries.make_all_due(database, shuffled=sender.standin.faults.shuffle)
    sender.standin.deliveries_pending.set()
    deadline = time.monotonic() + limit_seconds
    while deliveries.count_pending(database) and time.monotonic() < deadline:  # noqa: ASYNC110 - the database has no event to wait for
        await asyncio.sleep(0.02)


async def stop_delivery(sender: WebhookSender) -> None:
    """Cancel the deliveries in flight; they stay pending and are sent after the next start."""
    tasks = [task for in_flight in sender.in_flight.values() for task in in_flight.values()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await sender.client.aclose()
