"""Jobs: rows of PostgreSQL written in the transaction they belong to; they appear with its commit or not at all.

A job carries ids only, may run twice, and reads what it needs when it runs.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import procrastinate
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from coursify.core.database import Connection, Database
from coursify.core.gateways import Mailer, PaymentGateway
from coursify.core.settings import Settings

MAX_ATTEMPTS = 20
LONGEST_PAUSE_SECONDS = 3_600
QUEUE = "default"
# What waits longer is what hurts least: repair goes before money, money before letters.
FIRST, LAST = 100, -10
HEARTBEAT_SECONDS = 3
STALLED_SECONDS = 12

# Only names jobs for `defer`; the worker builds its own application with tasks and a pool.
_deferring = procrastinate.App(connector=procrastinate.PsycopgConnector())


@dataclass(frozen=True)
class Tools:
    """What a job may use: the database, the settings, the gateways."""

    database: Database
    settings: Settings
    payments: PaymentGateway
    mailer: Mailer


Task = Callable[..., Awaitable[None]]


class Backoff(BaseRetryStrategy):
    """Exponential with jitter, at most an hour apart, 20 attempts in all; attempts that were killed count."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        del exception
        if job.attempts + 1 >= MAX_ATTEMPTS:
            return None
        pause = min(LONGEST_PAUSE_SECONDS, 2 ** min(job.attempts, 12))
        return RetryDecision(retry_in={"seconds": round(pause * random.uniform(0.5, 1.0)) or 1})  # noqa: S311  # jitter


async def defer(
    db: Connection, name: str, *, delay_seconds: int = 0, priority: int = 0, **ids: UUID | str | int
) -> None:
    """Write a job into the caller's transaction; it starts `delay_seconds` after the commit at the earliest."""
    arguments = {key: str(value) if isinstance(value, UUID) else value for key, value in ids.items()}
    schedule = {"seconds": delay_seconds} if delay_seconds else None
    await _deferring.configure_task(
        name, allow_unknown=True, connection=db, queue=QUEUE, schedule_in=schedule, priority=priority
    ).defer_async(**arguments)


def register(app: procrastinate.App, tools: Tools, jobs: dict[str, Task]) -> None:
    """Give every job its name, its retries and its tools."""
    for name, task in jobs.items():
        app.task(name=name, queue=QUEUE, retry=Backoff())(_with_tools(task, tools))


def _with_tools(task: Task, tools: Tools) -> Task:
    async def run(**arguments: UUID | str | int) -> None:
        await task(tools, **arguments)

    return run


def register_clock(app: procrastinate.App, tools: Tools, clock: dict[str, tuple[str, Task]]) -> None:
    """Give every periodic job its cron line; two workers never run the same tick twice."""
    for name, (cron, task) in clock.items():
        app.periodic(cron=cron)(app.task(name=name, queue=QUEUE, queueing_lock=name)(_on_the_clock(task, tools)))


def _on_the_clock(task: Task, tools: Tools) -> Task:
    async def run(timestamp: int) -> None:
        del timestamp
        await task(tools)

    return run


def register_repair(app: procrastinate.App) -> None:
    """Start the jobs of killed workers again: Procrastinate notices such workers, repeating is left to us."""

    @app.periodic(cron="* * * * * */5", priority=FIRST)
    @app.task(name="jobs.repeat_stalled", queue=QUEUE, queueing_lock="jobs.repeat_stalled")
    async def repeat_stalled(timestamp: int) -> None:
        del timestamp
        stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS)
        for job in stalled:
            # The next tick of a clock waits already: then this one has no place to go back to, and is not missed.
            with contextlib.suppress(procrastinate.exceptions.ConnectorException):
                await app.job_manager.retry_job(job)
