"""Many students buy at once while things break; in the end ledger, access and emails must agree."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
from psycopg import AsyncConnection
from tests.support.classroom import PREFIX
from tests.support.mailbox import Mailbox
from tests.support.plain_http import PLAIN
from tests.support.shop import new_key
from tests.support.stripe_standin import StripeStandin
from tests.support.system import System

SETTLES_WITHIN = 90.0
# A request that dies with its process keeps its key until the lease ends, and the next one may die as well.
PATIENCE = 300.0


@dataclass
class Student:
    email: str
    token: str


async def send_with_retries(client: httpx.AsyncClient, method: str, path: str, **request: Any) -> httpx.Response:
    """Sends the same request with the same key until the response is final, as a good client does."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            answer = await client.request(method, path, **request)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code < 500 and answer.status_code != 429:
            code = "" if answer.status_code < 400 else answer.json()["error"]["code"]
            if code not in {"request_in_progress", "payment_in_progress"}:
                return answer
        assert time.monotonic() < deadline, f"{method} {path}: {answer and answer.text}"
        await asyncio.sleep(0.2)


async def sign_up(client: httpx.AsyncClient, number: int) -> Student:
    email = f"campaign{number}-{new_key()[:6]}@example.com"
    body = {"name": f"Student {number}", "email": email, "password": "correct-horse-battery!"}
    answer = await send_with_retries(client, "POST", PREFIX + "/users/register", json=body)
    if answer.status_code == 409:
        # The response to the first try was lost, and the account exists.
        answer = await send_with_retries(
            client, "POST", PREFIX + "/users/login", json={"email": email, "password": body["password"]}
        )
    return Student(email, answer.json()["data"]["accessToken"])


async def buy(client: httpx.AsyncClient, standin: StripeStandin, student: Student, course_id: str) -> str:
    """Starts with one key and confirms until Stripe reports success; returns the payment's id."""
    headers = {"Authorization": f"Bearer {student.token}", "Idempotency-Key": new_key()}
    answer = await send_with_retries(
        client, "POST", PREFIX + "/payments", json={"courseId": course_id}, headers=headers
    )
    assert answer.status_code in {200, 201}, answer.text
    checkout = answer.json()["data"]
    confirmed = await send_with_retries(
        client,
        "POST",
        f"{standin.url}/v1/payment_intents/{checkout['payment']['transactionId']}/confirm",
        data={
            "key": standin.publishable_key,
            "client_secret": checkout["clientSecret"],
            "payment_method": "pm_card_visa",
            "return_url": "https://school.example.com/thanks",
        },
    )
    assert confirmed.status_code == 200 or "already succeeded" in confirmed.text, confirmed.text
    return str(checkout["payment"]["id"])


async def buy_all(
    system: System, standin: StripeStandin, course_id: str, *, students: int, at_once: int
) -> list[Student]:
    """Every student buys the course; `at_once` of them at a time."""
    gate = asyncio.Semaphore(at_once)
    limits = httpx.Limits(max_connections=at_once * 2)
    async with httpx.AsyncClient(base_url=system.url, **PLAIN, timeout=30, limits=limits) as client:

        async def one(number: int) -> Student:
            async with gate:
                student = await sign_up(client, number)
                await buy(client, standin, student, course_id)
                return student

        return await asyncio.gather(*(one(number) for number in range(students)))


async def kill_at_random(system: System, *, seed: int, pause: tuple[float, float], most: int | None) -> None:
    """Kill -9 of API and worker at random moments, each started again at once, until canceled or `most` are killed.

    The next kill waits until the API is ready: on a busy machine it would otherwise never start.
    """
    chance = random.Random(seed)
    for _ in count() if most is None else range(most):
        await asyncio.sleep(chance.uniform(*pause))
        await asyncio.to_thread(system.restart, chance.choice(["serve", "worker"]))
        await asyncio.to_thread(system.wait_until_ready)


async def settle(db: AsyncConnection[Any], mailbox: Mailbox, students: list[Student]) -> None:
    """Waits until every payment is applied and every email is sent; fails with what is missing."""
    deadline = time.monotonic() + SETTLES_WITHIN
    while True:
        paid = await _count(db, "SELECT count(*) FROM orders WHERE status = 'paid'")
        waiting = await _count(db, "SELECT count(*) FROM email_deliveries WHERE state IN ('queued', 'sending')")
        if paid == len(students) and waiting == 0:
            return
        assert time.monotonic() < deadline, f"{paid} of {len(students)} paid, {waiting} emails waiting"
        await asyncio.sleep(0.3)


async def check(
    db: AsyncConnection[Any], standin: StripeStandin, mailbox: Mailbox, students: list[Student], *, resent: int = 0
) -> None:
    """Each is enrolled once and has one receipt (`resent`: emails that may be sent twice), the ledger is at zero."""
    count = len(students)
    assert await _count(db, "SELECT count(*) FROM orders WHERE status = 'paid'") == count
    assert await _count(db, "SELECT count(*) FROM access_grants WHERE revoked_at IS NULL") == count
    assert await _count(db, "SELECT count(DISTINCT (user_id, course_id)) FROM enrollments") == count
    unpaid = """SELECT count(*) FROM access_grants g JOIN order_lines l ON l.id = g.source_id
                JOIN orders o ON o.id = l.order_id WHERE o.status <> 'paid'"""
    assert await _count(db, unpaid) == 0
    assert await _count(db, "SELECT coalesce(sum(amount_minor), 0) FROM ledger_entries") == 0
    received = [row for row in standin.ledger()["payment_intents"] if row["received"]]
    assert len(received) == count
    clearing = "SELECT sum(amount_minor) FROM ledger_entries WHERE account = 'provider_clearing'"
    fees = "SELECT coalesce(sum(amount_minor), 0) FROM ledger_entries WHERE account = 'provider_fees'"
    assert await _count(db, clearing) + await _count(db, fees) == sum(row["received"] for row in received)
    receipts = [key for key in mailbox.message_keys() if key.startswith("receipt:")]
    assert len(set(receipts)) == count
    assert len(receipts) <= count + resent, f"{len(receipts)} receipts for {count} orders"


async def _count(db: AsyncConnection[Any], sql: str) -> int:
    row = await (await db.execute(sql)).fetchone()
    assert row
    return int(row[0])
