"""Jobs: rows of PostgreSQL written in the transaction they belong to; they appear with its commit or not at all.

A job carries ids only, may run twice, and reads what it needs when it runs. core/queues.py runs what waits here.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Concatenate, TypeVar
from uuid import UUID

import procrastinate
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from coursify.core.database import Connection

MAX_ATTEMPTS = 20
LONGEST_PAUSE_SECONDS = 3_600
# A periodic job with much to do ends by itself at its deadline; one that hangs all the same is canceled much later.
CLOCK_SECONDS = 45.0
HUNG_SECONDS = 600.0

# Each queue has slots of its own, so that work that hangs in one of them delays nothing in the others.
MAIL, MONEY, CLOCK, REST = "mail", "money", "clock", "default"
QUEUES: dict[str, str] = {
    "mail.send_email": MAIL,
    # Writes the email that somebody who forgot the password waits for.
    "identity.send_link": MAIL,
    "payments.execute_refund": MONEY,
    "payments.cancel_order": MONEY,
    "payments.recheck_payment": MONEY,
    "webhooks.handle_event": MONEY,
    "privacy.run_step": REST,
    "privacy.make_export": REST,
}

# Only names jobs for `defer`; the worker builds its own application with tasks and a pool.
_deferring = procrastinate.App(connector=procrastinate.PsycopgConnector())


Resources = TypeVar("Resources")
Task = Callable[Concatenate[Resources, ...], Awaitable[None]]
PeriodicTask = Callable[[Resources], Awaitable[None]]


def queue_of(name: str) -> str:
    return QUEUES.get(name, REST)


class Backoff(BaseRetryStrategy):
    """Exponential with jitter, at most an hour apart, 20 attempts in all; attempts that were killed count."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        del exception
        if job.attempts + 1 >= MAX_ATTEMPTS:
            return None
        pause = min(LONGEST_PAUSE_SECONDS, 2 ** min(job.attempts, 12))
        return RetryDecision(retry_in={"seconds": round(pause * random.uniform(0.5, 1.0)) or 1})  # noqa: S311  # jitter


class AfterShutdown(BaseRetryStrategy):
    """A tick that a stopping worker had to cancel runs again; one that failed waits for the next tick."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        is_canceled = isinstance(exception, asyncio.CancelledError) and job.attempts + 1 < MAX_ATTEMPTS
        return RetryDecision(retry_in={"seconds": 0}) if is_canceled else None


async def defer(db: Connection, name: str, *, delay_seconds: int = 0, **ids: UUID | str | int) -> None:
    """Write a job into the caller's transaction; it starts `delay_seconds` after the commit at the earliest."""
    arguments = {key: str(value) if isinstance(value, UUID) else value for key, value in ids.items()}
    schedule = {"seconds": delay_seconds} if delay_seconds else None
    await _deferring.configure_task(
        name, allow_unknown=True, connection=db, queue=queue_of(name), schedule_in=schedule
    ).defer_async(**arguments)


def register(app: procrastinate.App, resources: Resources, jobs: Mapping[str, Task[Resources]]) -> None:
    """Give every job its name, its queue, its retries and the process's resources."""
    for name, task in jobs.items():
        app.task(name=name, queue=queue_of(name), retry=Backoff())(_with_resources(task, resources))


def _with_resources(task: Task[Resources], resources: Resources) -> Callable[..., Awaitable[None]]:
    async def run(**arguments: UUID | str | int) -> None:
        await task(resources, **arguments)

    return run


def register_periodic(
    app: procrastinate.App, resources: Resources, periodic: Mapping[str, tuple[str, PeriodicTask[Resources]]]
) -> None:
    """Give every periodic job its cron line; each runs once at a time, however many workers there are."""
    for name, (cron, task) in periodic.items():
        registered = app.task(name=name, queue=CLOCK, lock=name, queueing_lock=name, retry=AfterShutdown())
        app.periodic(cron=cron)(registered(_at_tick(task, resources)))


def _at_tick(task: PeriodicTask[Resources], resources: Resources) -> Callable[..., Awaitable[None]]:
    async def run(timestamp: int) -> None:
        del timestamp
        async with asyncio.timeout(HUNG_SECONDS):
            await task(resources)

    return run
