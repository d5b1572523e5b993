"""Money at full size: whatever breaks, enrollments match payments, and the ledger matches the provider."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.prove.buyers import Buyer, eventually, open_market
from tests.prove.fleet import PARTS, Fleet, start_fleet
from tests.support.mailbox import Mailbox
from tests.support.plain_http import PLAIN

from coursify.invariants.examine import examine

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not os.environ.get("COURSIFY_PROVE"), reason="a proof of minutes: make prove"),
]
Record = Callable[[str, object], None]


@pytest.fixture
def fleet(environment: dict[str, str], mailbox: Mailbox, tmp_path: Path) -> Iterator[Fleet]:
    mailbox.clear()
    with start_fleet(environment, mailbox, tmp_path) as started:
        yield started


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=64)
    async with httpx.AsyncClient(**PLAIN, timeout=60, limits=limits) as opened:
        yield opened


async def ask(fleet: Fleet, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    async with await psycopg.AsyncConnection.connect(fleet.owner_url, autocommit=True) as db:
        return await (await db.execute(sql, values)).fetchall()


async def broken_invariants(fleet: Fleet) -> dict[str, object]:
    async with await psycopg.AsyncConnection.connect(fleet.owner_url, autocommit=True) as db:
        findings = await examine(db, now=datetime.now(UTC))
        return {finding.invariant.code: finding.rows for finding in findings if finding.is_broken}


async def unsettled(fleet: Fleet) -> str:
    """What is still pending, as a sentence; empty when nothing is."""
    fleet.revive()
    received = sum(1 for row in fleet.standin.ledger()["payment_intents"] if row["received"])
    try:
        ((paid, events, refunds, emails),) = await ask(
            fleet,
            """
            SELECT (SELECT count(*) FROM payments WHERE intent_rank = 2),
                   (SELECT count(*) FROM provider_events WHERE state IN ('received', 'parked')),
                   (SELECT count(*) FROM refunds WHERE status IN ('requested', 'pending')),
                   (SELECT count(*) FROM email_deliveries WHERE state IN ('queued', 'sending'))
            """,
        )
    except psycopg.OperationalError as error:
        return str(error)
    if (paid, events, refunds, emails) == (received, 0, 0, 0):
        return ""
    return f"{paid} of {received} payments, {events} events, {refunds} refunds, {emails} emails"


async def check_books(fleet: Fleet) -> None:
    """The ledger matches the provider's balance, and no invariant is violated."""
    theirs = fleet.standin.ledger()
    intents = theirs["payment_intents"]
    expected = sum(row["received"] - row["refunded"] for row in intents)
    ((clearing, fees),) = await ask(
        fleet,
        """
        SELECT coalesce(sum(amount_minor) FILTER (WHERE account = 'provider_clearing'), 0),
               coalesce(sum(amount_minor) FILTER (WHERE account = 'provider_fees'), 0) FROM ledger_entries
        """,
    )
    assert clearing + fees == expected
    assert fees == theirs["totals"]["usd"]["fees"]
    assert await broken_invariants(fleet) == {}


async def break_things(fleet: Fleet, *, kills: int, restarts: int, seconds: float, seed: int) -> None:
    """Mostly kills of workers, also restarts of PostgreSQL and one wiped Redis, at random times."""
    chance = random.Random(seed)
    deeds: list[Callable[[], object]] = []
    for number in range(kills):
        part = PARTS[number % 2] if number % 10 == 0 else PARTS[2 + number % 2]
        deeds.append(lambda part=part: fleet.restart(part))
    deeds += [fleet.restart_postgres] * restarts + [fleet.wipe_redis]
    chance.shuffle(deeds)
    for deed in deeds:
        await asyncio.sleep(chance.uniform(0.5, 1.5) * seconds / len(deeds))
        await asyncio.to_thread(deed)
        fleet.revive()


async def test_two_thousand_payments_survive_duplicates_shuffles_kills_restarts_and_a_wiped_cache(
    fleet: Fleet, client: httpx.AsyncClient, mailbox: Mailbox, record_property: Record
) -> None:
    market = await open_market(fleet, client, courses=20)
    fleet.standin.set_faults(duplicate=2, shuffle=True, delay=2)
    gate = asyncio.Semaphore(32)

    async def buy(buyer: Buyer, course: str, number: int) -> None:
        async with gate:
            answer = await market.start(buyer, [course], replica=number)
            assert answer.status_code in {200, 201}, answer.text
            await market.confirm(answer.json()["data"])

    async def shop(number: int) -> None:
        async with gate:
            buyer = await market.sign_up(number)
        await asyncio.gather(*(buy(buyer, course, number) for course in market.courses))

    breaking = asyncio.create_task(break_things(fleet, kills=44, restarts=6, seconds=150, seed=7))
    await asyncio.gather(*(shop(number) for number in range(100)), breaking)
    fleet.wait_until_ready()
    fleet.standin.flush(30)
    record_property("settled_seconds", round(await eventually(lambda: unsettled(fleet), within=60)))

    assert await ask(fleet, "SELECT count(*) FROM orders WHERE status = 'paid'") == [(2000,)]
    assert await ask(fleet, "SELECT count(*) FROM enrollments") == [(2000,)]
    assert await ask(fleet, "SELECT count(*) FROM access_grants WHERE revoked_at IS NULL") == [(2000,)]
    receipts = [key for key in mailbox.message_keys() if key.startswith("receipt:")]
    assert len(set(receipts)) == 2000
    record_property("receipts_sent_twice", len(receipts) - 2000)
    await check_books(fleet)


async def test_nobody_pays_twice_with_two_tabs_or_six_parallel_checkouts_of_overlapping_carts(
    fleet: Fleet, client: httpx.AsyncClient, record_property: Record
) -> None:
    market = await open_market(fleet, client, courses=4)
    fleet.standin.set_faults(
        rules=[
            {"on": "POST /v1/payment_intents/*/cancel", "latency": 0.3, "timeout": 0.1, "applied_unanswered": 0.1},
            {"on": "POST /v1/payment_intents", "latency": 0.3, "applied_unanswered": 0.1},
        ]
    )
    first, second, third, fourth = market.courses
    carts = [[first], [first, second], [second, third], [first, third], [third, fourth], [fourth, first]]
    chance = random.Random(11)
    unpayable: list[str] = []
    statuses: list[int] = []

    async def click(buyer: Buyer, cart: list[str], replica: int) -> None:
        answer = await market.try_once(buyer, cart, replica=replica)
        if answer is None:
            return
        statuses.append(answer.status_code)
        if answer.is_success:
            checkout = answer.json()["data"]
            if checkout["clientSecret"] is None and checkout["payment"]["status"] not in {"succeeded", "processing"}:
                unpayable.append(answer.text)
            elif checkout["clientSecret"]:
                await asyncio.sleep(chance.uniform(0, 0.5))
                with suppress(AssertionError):
                    await market.confirm(checkout)

    async def shop(number: int) -> None:
        buyer = await market.sign_up(number)
        tabs = carts[:2] if number < 60 else carts
        await asyncio.gather(*(click(buyer, cart, number + tab) for tab, cart in enumerate(tabs)))

    people = list(range(90))
    chance.shuffle(people)
    gate = asyncio.Semaphore(8)

    async def in_turn(number: int) -> None:
        async with gate:
            await shop(number)

    await asyncio.gather(*(in_turn(number) for number in people))
    fleet.standin.set_faults()
    fleet.standin.flush(20)
    record_property("settled_seconds", round(await eventually(lambda: unsettled(fleet), within=90)))
    record_property("answers", {status: statuses.count(status) for status in sorted(set(statuses))})
    assert unpayable == []
    assert set(statuses) <= {200, 201, 409, 503}
    twice = await ask(
        fleet,
        """
        SELECT line.user_id, line.course_id FROM order_lines AS line
        JOIN orders ON orders.id = line.order_id AND orders.status = 'paid'
        WHERE line.paid_minor > (SELECT coalesce(sum(part.amount_minor), 0) FROM refund_lines AS part
                                 JOIN refunds ON refunds.id = part.refund_id AND refunds.status = 'succeeded'
                                 WHERE part.order_line_id = line.id)
        GROUP BY line.user_id, line.course_id HAVING count(*) > 1
        """,
    )
    assert twice == []
    record_property("returned_by_itself", (await ask(fleet, "SELECT count(*) FROM refunds"))[0][0])
    await check_books(fleet)


async def test_five_hundred_payments_are_granted_by_the_reconciler_alone(
    fleet: Fleet, client: httpx.AsyncClient, record_property: Record
) -> None:
    market = await open_market(fleet, client, courses=10)
    fleet.standin.set_faults(drop=1.0)
    gate = asyncio.Semaphore(16)

    async def shop(number: int) -> None:
        async with gate:
            buyer = await market.sign_up(number)
            for course in market.courses:
                await market.confirm((await market.start(buyer, [course], replica=number)).json()["data"])

    await asyncio.gather(*(shop(number) for number in range(50)))
    # The reconciler's tick, every five minutes, and the jobs that it defers.
    record_property("granted_seconds", round(await eventually(lambda: unsettled(fleet), within=400)))
    assert await ask(fleet, "SELECT count(*) FROM access_grants WHERE revoked_at IS NULL") == [(500,)]
    await check_books(fleet)


async def test_access_opens_within_half_a_second_of_the_webhook_at_twenty_payments_a_second(
    fleet: Fleet, client: httpx.AsyncClient, record_property: Record
) -> None:
    market = await open_market(fleet, client, courses=20)
    checkouts: list[dict[str, Any]] = []
    for number in range(20):
        buyer = await market.sign_up(number)
        started_here = [await market.start(buyer, [course], replica=number) for course in market.courses]
        checkouts += [answer.json()["data"] for answer in started_here]
    started = time.monotonic()
    confirming = []
    for number, checkout in enumerate(checkouts):
        await asyncio.sleep(max(0.0, started + number / 20 - time.monotonic()))
        confirming.append(asyncio.create_task(market.confirm(checkout)))
    await asyncio.gather(*confirming)
    await eventually(lambda: unsettled(fleet), within=60)
    waited = await ask(
        fleet,
        """
        SELECT extract(epoch FROM grants.granted_at - min(event.received_at))
        FROM access_grants AS grants JOIN order_lines AS line ON line.id = grants.source_id
        JOIN payments ON payments.order_id = line.order_id
        JOIN provider_events AS event ON event.object_id = payments.provider_payment_id
            AND event.type = 'payment_intent.succeeded'
        GROUP BY grants.id, grants.granted_at
        """,
    )
    seconds = sorted(float(row[0]) for row in waited)
    assert len(seconds) == len(checkouts)
    record_property("p50_ms", round(seconds[len(seconds) // 2] * 1000))
    record_property("p99_ms", round(seconds[len(seconds) * 99 // 100] * 1000))
