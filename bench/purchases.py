"""`python -m bench.purchases`: whole purchases, everything on this machine, and the audit afterwards.

A purchase: checkout, payment at Stripe's stand-in, its webhooks, the grant, the ledger, and the receipt by email.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import secrets
import sys
import time
from typing import Any

import httpx
import psycopg
import uvloop
from rich.console import Console
from tests.support.plain_http import PLAIN

from bench.prepared import API, Learner, find_learners
from bench.processes import cpu_seconds
from bench.report import machine, revision
from bench.system import System, start_system

LEAST_A_SECOND = 15
SETTLED_WITHIN = 120.0
# Granted, booked, and the receipt accepted by the mail provider.
DONE = """
    SELECT count(*) FROM orders
    JOIN payments ON payments.order_id = orders.id AND payments.intent_rank = 2
    WHERE orders.status = 'paid'
      AND EXISTS (SELECT FROM order_lines AS line JOIN access_grants AS granted ON granted.source_id = line.id
                  WHERE line.order_id = orders.id)
      AND EXISTS (SELECT FROM ledger_transactions AS booked WHERE booked.source_id = payments.id)
"""
MAILED = "SELECT count(*) FROM email_deliveries WHERE message_key LIKE 'receipt:%' AND state = 'accepted'"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.purchases")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--at-once", type=int, default=8)
    given = parser.parse_args()
    console = Console(highlight=False)
    with start_system(is_pinned=False) as system:
        system.start_api(core=None)
        system.start_worker(core=None)
        console.print(f"{given.at_once} people buy for {given.seconds:.0f} s")
        before = read_processor(system)
        bought, seconds = uvloop.run(buy(system, given.seconds, given.at_once))
        done, mailed = system.count(DONE), system.count(MAILED)
        settled = wait_until_settled(system, bought)
        spent = {name: 1_000 * (used - before[name]) / bought for name, used in read_processor(system).items()}
        audit = system.run("audit")
        rate = min(done, mailed) / seconds
        console.print(
            f"{machine()}, revision {revision()}: {bought} paid in {seconds:.0f} s, of which {done} were granted and "
            f"booked, and {mailed} receipts sent: {rate:.1f} whole purchases a second (≥ {LEAST_A_SECOND}). "
            f"The rest took {settled:.1f} s more. {audit.stdout.strip().rpartition(chr(10))[2]}"
        )
        each = ", ".join(f"{name} {ms:.1f}" for name, ms in sorted(spent.items(), key=lambda pair: -pair[1]))
        console.print(f"Processor of a purchase: {sum(spent.values()):.0f} ms ({each}).")
    sys.exit(0 if rate >= LEAST_A_SECOND and audit.returncode == 0 else 1)


async def buy(system: System, seconds: float, at_once: int) -> tuple[int, float]:
    """How many were paid, and in which time; each buyer buys one course after another."""
    # 5,000 people; who has bought comes again after all others.
    learners = itertools.cycle(find_learners(system))
    with psycopg.connect(system.owner_url) as db:
        courses = [str(row[0]) for row in db.execute("SELECT id FROM courses WHERE price_minor > 0").fetchall()]
    began = time.monotonic()
    bought = 0

    async def one() -> None:
        nonlocal bought
        while time.monotonic() < began + seconds:
            is_paid = await _buy_one(system, client, next(learners), random.choice(courses))  # noqa: S311  # no secret
            bought += is_paid

    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(**PLAIN, timeout=30, limits=limits) as client:
        await asyncio.gather(*(one() for _ in range(at_once)))
    return bought, time.monotonic() - began


async def _buy_one(system: System, client: httpx.AsyncClient, buyer: Learner, course_id: str) -> bool:
    headers = {"Authorization": f"Bearer {buyer.token}", "Idempotency-Key": secrets.token_hex(16)}
    answer = await client.post(f"{system.url}{API}/payments", json={"courseId": course_id}, headers=headers)
    if answer.status_code == httpx.codes.CONFLICT:
        # They have the course already.
        return False
    answer.raise_for_status()
    checkout: Any = answer.json()["data"]
    form = {
        "key": system.keys.stripe_publishable_key,
        "client_secret": checkout["clientSecret"],
        "payment_method": "pm_card_visa",
        "return_url": "https://school.example.com/thanks",
    }
    intent = checkout["payment"]["transactionId"]
    paid = await client.post(f"{system.stripe_url}/v1/payment_intents/{intent}/confirm", data=form)
    paid.raise_for_status()
    return True


def read_processor(system: System) -> dict[str, float]:
    """Seconds that each part of the system and the buyers have used until now."""
    used = {name: cpu_seconds(process.pid) for name, process in system.processes.items()}
    return used | {"buyers": time.process_time()}


def wait_until_settled(system: System, bought: int) -> float:
    """Seconds until every purchase is granted, booked and mailed. Raises RuntimeError when one never is."""
    began = time.monotonic()
    while min(system.count(DONE), system.count(MAILED)) < bought:
        if time.monotonic() > began + SETTLED_WITHIN:
            raise RuntimeError(f"Of {bought} only {system.count(DONE)} are granted, {system.count(MAILED)} mailed.")
        time.sleep(0.2)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
