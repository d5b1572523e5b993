"""Webhooks on their way: signed, many at once, repeated with growing pauses until the target says yes."""

import asyncio
import hashlib
import hmac
import logging
import time
from dataclasses import dataclass, field

import httpx
import orjson

from stripe_standin.events import BUILT_IN
from stripe_standin.standin import Standin
from stripe_standin.store import deliveries, objects
from stripe_standin.store.deliveries import Delivery

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 60.0
AT_ONCE_PER_TARGET = 24
LONGEST_SLEEP = 1.0
ANSWER_WITHIN = httpx.Timeout(10.0, connect=2.0)
HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    "Cache-Control": "no-cache",
}
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Deliverer:
    """The deliveries under way now, per target, and how many came to which end since the start."""

    standin: Standin
    client: httpx.AsyncClient
    under_way: dict[str, dict[int, asyncio.Task[None]]] = field(default_factory=dict)
    delivered: int = 0
    failed: int = 0


def new_deliverer(standin: Standin) -> Deliverer:
    """A deliverer with connections of its own; proxies of the environment do not concern it."""
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
    client = httpx.AsyncClient(timeout=ANSWER_WITHIN, limits=limits, trust_env=False)
    return Deliverer(standin=standin, client=client)


async def deliver_forever(deliverer: Deliverer) -> None:
    """Send whatever is due, sleep until something else is; a surprise never ends the loop."""
    owed = deliverer.standin.deliveries_owed
    while True:
        owed.clear()
        try:
            pause = start_due(deliverer)
        except Exception:
            logger.exception("could not look for due webhooks")
            pause = LONGEST_SLEEP
        try:
            async with asyncio.timeout(pause):
                await owed.wait()
        except TimeoutError:
            continue


def start_due(deliverer: Deliverer) -> float:
    """Begin what is due, target by target so that none waits for another; tell how long nothing else will be due."""
    database = deliverer.standin.database
    now = time.time()
    for target in deliveries.list_targets(database):
        under_way = deliverer.under_way.setdefault(target, {})
        for delivery in deliveries.list_due(database, target, now, AT_ONCE_PER_TARGET):
            if delivery.id not in under_way and len(under_way) < AT_ONCE_PER_TARGET:
                under_way[delivery.id] = asyncio.create_task(deliver(deliverer, delivery))
    following = deliveries.next_due(database, now)
    return LONGEST_SLEEP if following is None else min(max(following - now, 0.005), LONGEST_SLEEP)


async def deliver(deliverer: Deliverer, delivery: Delivery) -> None:
    """One attempt, and the note of how it ended."""
    database = deliverer.standin.database
    accepted = False
    try:
        accepted = await send(deliverer, delivery)
    finally:
        if accepted:
            deliverer.delivered += 1
            deliveries.mark_delivered(database, delivery.id)
        else:
            deliverer.failed += 1
            deliveries.mark_failed(database, delivery.id, time.time() + pause_after(delivery.attempts))
        deliverer.under_way[delivery.target].pop(delivery.id, None)
        deliverer.standin.deliveries_owed.set()


async def send(deliverer: Deliverer, delivery: Delivery) -> bool:
    """Post the signed event; whether nothing more is owed, which is so too when the target is gone."""
    target = find_target(deliverer.standin, delivery.target)
    event = objects.find(deliverer.standin.database, "event", delivery.event)
    if target is None or event is None:
        return True
    url, secret = target
    body = orjson.dumps(event, option=orjson.OPT_INDENT_2)
    signature = sign(body, secret, deliverer.standin.clock.now())
    try:
        answer = await deliverer.client.post(url, content=body, headers=HEADERS | {"Stripe-Signature": signature})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        logger.info("webhook %s to %s failed: %r", delivery.event, url, error)
        return False
    return answer.is_success


def find_target(standin: Standin, target: str) -> tuple[str, str] | None:
    """URL and signing secret of a target, or None when it no longer listens."""
    if target == BUILT_IN:
        config = standin.config
        return (config.webhook_url, config.webhook_secret) if config.webhook_url else None
    endpoint = objects.find(standin.database, "webhook_endpoint", target)
    if endpoint is None or endpoint["status"] != "enabled":
        return None
    return endpoint["url"], objects.hidden(standin.database, target)["secret"]


def sign(body: bytes, secret: str, moment: int) -> str:
    """The `Stripe-Signature` of a body: its time and an HMAC of time and body."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def pause_after(attempts: int) -> float:
    """How long to wait after so many failed attempts, in seconds."""
    return min(FIRST_PAUSE * (1 << min(attempts, 10)), LONGEST_PAUSE)


async def flush(deliverer: Deliverer, limit_seconds: float) -> None:
    """Make everything owed due now and wait until nothing is owed, or until the limit."""
    database = deliverer.standin.database
    deliveries.make_all_due(database, shuffled=deliverer.standin.faults.shuffle)
    deliverer.standin.deliveries_owed.set()
    end = time.monotonic() + limit_seconds
    while deliveries.count_owed(database) and time.monotonic() < end:  # noqa: ASYNC110 - the rows owed are the truth
        await asyncio.sleep(0.02)


async def stop(deliverer: Deliverer) -> None:
    """Let go of what is under way; it is still owed and will be sent after the next start."""
    tasks = [task for under_way in deliverer.under_way.values() for task in under_way.values()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await deliverer.client.aclose()
