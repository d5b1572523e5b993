"""The inbox and the queue at full size: no acknowledgement without a row, no job lost, urgent work in time."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import stripe
from tests.prove.buyers import eventually, open_market
from tests.prove.fleet import Fleet, start_fleet
from tests.support.classroom import PREFIX
from tests.support.flaky_proxy import flaky_proxy
from tests.support.mailbox import Mailbox
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import free_port

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not os.environ.get("COURSIFY_PROVE"), reason="a proof of minutes: make prove"),
]
Record = Callable[[str, object], None]


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=64)
    async with httpx.AsyncClient(**PLAIN, timeout=60, limits=limits) as opened:
        yield opened


@pytest.fixture
async def fleet(environment: dict[str, str], mailbox: Mailbox, tmp_path: Path) -> AsyncIterator[Fleet]:
    mailbox.clear()
    with start_fleet(environment, mailbox, tmp_path) as started:
        yield started


def start_api(fleet: Fleet, port: int, database_url: str) -> subprocess.Popen[bytes]:
    variables = os.environ | fleet.environment | {"DATABASE_URL": database_url}
    return subprocess.Popen([sys.executable, "-m", "coursify", "serve", "--port", str(port)], env=variables)


def signed_event(fleet: Fleet, number: int) -> tuple[bytes, dict[str, str]]:
    """A webhook as Stripe would send it, about another product's intent."""
    changed = {"object": "payment_intent", "id": f"pi_{number:024}"}
    event = {
        "id": f"evt_{number:024}",
        "object": "event",
        "type": "payment_intent.succeeded",
        "api_version": stripe.api_version,
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": changed},
    }
    body = json.dumps(event).encode()
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), fleet.standin.webhook_secret)
    return body, {"Stripe-Signature": header, "Content-Type": "application/json"}


async def test_no_webhook_is_acknowledged_without_its_row_while_a_third_of_commits_is_lost(
    fleet: Fleet, client: httpx.AsyncClient, record_property: Record
) -> None:
    async with flaky_proxy(fleet.environment["DATABASE_URL"]) as proxy:
        port = free_port()
        process = start_api(fleet, port, proxy.url)
        url = f"http://127.0.0.1:{port}{PREFIX}/payments/webhook"
        yes: set[int] = set()
        answers: list[int] = []
        try:
            await eventually(lambda: _is_not_ready(client, port), within=30)
            proxy.arm(share=0.3)
            gate = asyncio.Semaphore(16)

            async def deliver(number: int) -> None:
                async with gate:
                    body, headers = signed_event(fleet, number)
                    try:
                        answer = await client.post(url, content=body, headers=headers)
                    except httpx.TransportError:
                        return
                    answers.append(answer.status_code)
                    if answer.is_success:
                        yes.add(number)

            await asyncio.gather(*(deliver(number) for number in range(5_000)))
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
    async with await psycopg.AsyncConnection.connect(fleet.owner_url, autocommit=True) as db:
        rows = await (await db.execute("SELECT event_id FROM provider_events")).fetchall()
    stored = {int(row[0].removeprefix("evt_")) for row in rows}
    assert yes <= stored
    assert set(answers) <= {200, 503}
    record_property("yes", len(yes))
    record_property("commits_lost", sum(proxy.cuts.values()))


async def test_webhooks_are_acknowledged_within_fifty_milliseconds_while_every_worker_is_dead(
    fleet: Fleet, client: httpx.AsyncClient, record_property: Record
) -> None:
    for part in ("worker 1", "worker 2"):
        fleet.processes[part].send_signal(signal.SIGKILL)  # type: ignore[index]  # two of its own keys
    url = f"{fleet.url()}{PREFIX}/payments/webhook"
    seconds: list[float] = []

    async def deliver(number: int) -> None:
        body, headers = signed_event(fleet, number)
        started = time.perf_counter()
        answer = await client.post(url, content=body, headers=headers)
        seconds.append(time.perf_counter() - started)
        assert answer.status_code == 200

    started = time.monotonic()
    delivering = []
    for number in range(1_500):
        await asyncio.sleep(max(0.0, started + number / 50 - time.monotonic()))
        delivering.append(asyncio.create_task(deliver(number)))
    await asyncio.gather(*delivering)
    seconds.sort()
    record_property("p50_ms", round(seconds[len(seconds) // 2] * 1000, 1))
    record_property("p99_ms", round(seconds[len(seconds) * 99 // 100] * 1000, 1))


async def test_ten_thousand_emails_survive_fifty_kills_of_the_workers(
    fleet: Fleet, client: httpx.AsyncClient, mailbox: Mailbox, record_property: Record
) -> None:
    market = await open_market(fleet, client, courses=1)
    buyer = await market.sign_up(1)
    await eventually(
        lambda: _count(fleet, "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'failed'"), within=60
    )
    mailbox.clear()
    async with await psycopg.AsyncConnection.connect(fleet.owner_url) as db:
        await db.execute(
            """
            WITH enrolled AS (
                INSERT INTO enrollments (user_id, course_id, enrolled_at) VALUES (%s, %s, now()) RETURNING id
            ), granted AS (
                INSERT INTO access_grants (enrollment_id, source_type, source_id, granted_at)
                SELECT enrolled.id, 'admin', uuidv7(), now() FROM enrolled, generate_series(1, 10000) RETURNING id
            ), written AS (
                INSERT INTO email_deliveries (message_key, kind, subject_id, user_id, created_at)
                SELECT 'enrollment:' || id, 'enrollment', id, %s, now() FROM granted RETURNING id
            )
            INSERT INTO procrastinate_jobs (queue_name, task_name, args)
            SELECT 'mail', 'mail.send_email', jsonb_build_object('delivery_id', id) FROM written
            """,
            [buyer.user_id, market.courses[0], buyer.user_id],
        )
        await db.commit()
    chance = random.Random(5)
    left = "SELECT count(*) FROM email_deliveries WHERE state IN ('queued', 'sending')"
    for kill in range(50):
        await asyncio.sleep(chance.uniform(0.5, 1.5))
        await asyncio.to_thread(fleet.restart, "worker 1" if kill % 2 else "worker 2")
    last_kill = time.monotonic()
    await eventually(lambda: _count(fleet, left), within=400)
    record_property("seconds_after_the_last_kill", round(time.monotonic() - last_kill))
    keys = mailbox.message_keys()
    assert (
        len(set(keys)) + await _count(fleet, "SELECT count(*) FROM email_deliveries WHERE state = 'unknown'") >= 10_000
    )
    record_property("sent_twice", len(keys) - len(set(keys)))


async def test_a_password_reset_leaves_within_ten_seconds_while_the_provider_hangs(
    fleet: Fleet, client: httpx.AsyncClient, mailbox: Mailbox, record_property: Record
) -> None:
    market = await open_market(fleet, client, courses=1)
    buyer = await market.sign_up(1)
    fleet.standin.set_faults(timeout=1.0)
    for number in range(200):
        body, headers = signed_event(fleet, number)
        await client.post(f"{fleet.url()}{PREFIX}/payments/webhook", content=body, headers=headers)
    await asyncio.sleep(2)
    started = time.monotonic()
    answer = await market.send_with_retries("POST", "/users/forgot-password", json={"email": buyer.email})
    assert answer.status_code == 202

    async def waits() -> bool:
        return not any("reset" in message["messageKey"] for message in mailbox.messages(buyer.email))

    await eventually(waits, within=10, every=0.1)
    record_property("seconds", round(time.monotonic() - started, 2))
    record_property("email", next(key for key in mailbox.message_keys(buyer.email) if "reset" in key).partition(":")[0])


async def _is_not_ready(client: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await client.get(f"http://127.0.0.1:{port}/health/ready")).status_code != 200
    except httpx.TransportError:
        return True


async def _count(fleet: Fleet, sql: str) -> int:
    async with await psycopg.AsyncConnection.connect(fleet.owner_url, autocommit=True) as db:
        row: tuple[Any, ...] | None = await (await db.execute(sql)).fetchone()
        assert row
        return int(row[0])
