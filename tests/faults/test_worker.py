"""The worker process: a job that hangs delays no other queue, and a job that is killed runs again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest
from tests.support.classroom import PREFIX, Classroom
from tests.support.mailbox import Mailbox
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin
from tests.support.system import System

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

RUNNING = "SELECT id FROM procrastinate_jobs WHERE status = 'doing' AND task_name = %s"


@pytest.fixture
def stripe_reads_hang(calling_stripe: tuple[StripeStandin, int]) -> StripeStandin:
    standin, _ = calling_stripe
    standin.set_faults(timeout=1.0, only=["GET /v1/"])
    return standin


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float) -> float:
    """Waits for the condition; returns the seconds that it took."""
    started = time.monotonic()
    async with asyncio.timeout(seconds):
        while True:
            if await condition():
                return time.monotonic() - started
            await asyncio.sleep(0.1)


async def make_intents(standin: StripeStandin, *, count: int) -> None:
    """Creates paid intents, for which the stand-in sends webhooks."""
    paid = {"amount": "900", "currency": "usd", "confirm": "true", "payment_method": "pm_card_visa"}
    async with httpx.AsyncClient(base_url=standin.url, **PLAIN, auth=(standin.secret_key, "")) as api:
        for _ in range(count):
            made = await api.post("/v1/payment_intents", data=paid)
            assert made.status_code == 200, made.text


async def test_a_password_reset_leaves_within_ten_seconds_while_the_payment_provider_hangs(
    classroom: Classroom, system: System, stripe_reads_hang: StripeStandin, mailbox: Mailbox
) -> None:
    async def money_hangs() -> bool:
        return len(await classroom.rows(RUNNING, "webhooks.handle_event")) >= 5

    async def email_is_out() -> bool:
        keys = await asyncio.to_thread(mailbox.message_keys, "ada@example.com")
        return any(key.startswith("reset_password:") for key in keys)

    async with httpx.AsyncClient(base_url=system.url, **PLAIN) as client:
        person = {"name": "Ada Example", "email": "ada@example.com", "password": "correct-horse-battery!"}
        assert (await client.post(PREFIX + "/users/register", json=person)).status_code == 201
        await make_intents(stripe_reads_hang, count=40)
        await until(money_hangs, seconds=10)
        await asyncio.sleep(1)
        asked = await client.post(PREFIX + "/users/forgot-password", json={"email": "ada@example.com"})
        assert asked.status_code == 202
    assert await until(email_is_out, seconds=60) < 10
    assert await money_hangs()


async def test_a_periodic_job_that_is_killed_with_its_worker_runs_again_within_thirty_seconds(
    classroom: Classroom, system: System, stripe_reads_hang: StripeStandin
) -> None:
    async def sweep_hangs() -> bool:
        return await classroom.rows(RUNNING, "webhooks.reconcile") != []

    async def sweep_is_done() -> bool:
        return await classroom.rows("SELECT id FROM procrastinate_jobs WHERE id = %s", killed) == []

    system.processes["worker"].terminate()
    assert system.processes["worker"].wait(20) == 0
    # So that the tick that the first worker has run is due again.
    await classroom.db.execute("DELETE FROM procrastinate_periodic_defers")
    system.start("worker")
    await until(sweep_hangs, seconds=10)
    [(killed,)] = await classroom.rows(RUNNING, "webhooks.reconcile")
    system.kill("worker")
    stripe_reads_hang.set_faults()
    system.start("worker")
    await until(sweep_is_done, seconds=30)
