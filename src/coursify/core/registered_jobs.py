"""Jobs as tasks of Procrastinate: their queues, retries, resources and failures. core/queues.py runs them.

Only a worker needs it and the library; every process writes jobs (core/jobs.py).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Concatenate, TypeVar
from uuid import UUID

import procrastinate
import psycopg
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.jobs import Job
from psycopg.types.json import Jsonb

from coursify.core.errors import AppError, Unavailable
from coursify.core.faults import report_fault
from coursify.core.jobs import CLOCK, queue_of
from coursify.core.logging import describe, log
from coursify.core.mailer import MailUnavailable
from coursify.core.metrics import observe_job
from coursify.core.pools import UNAVAILABLE
from coursify.core.queries import queued_jobs
from coursify.core.resources import CoreResources
from coursify.core.traces import tracing_job

MAX_ATTEMPTS = 20
# What the next attempt may find repaired is no fault of ours.
_AWAY = (AppError, MailUnavailable, *UNAVAILABLE)
LONGEST_PAUSE_SECONDS = 3_600
# A periodic job that goes on so long after its deadline hangs, and is canceled.
HUNG_SECONDS = 600.0

Resources = TypeVar("Resources", bound=CoreResources)
Task = Callable[Concatenate[Resources, ...], Awaitable[None]]
PeriodicTask = Callable[[Resources], Awaitable[None]]


class Backoff(BaseRetryStrategy):
    """Exponential with jitter, at most an hour; 20 runs in all, and interrupted runs count."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        del exception
        if job.attempts + 1 >= MAX_ATTEMPTS:
            return None
        pause = min(LONGEST_PAUSE_SECONDS, 2 ** min(job.attempts, 12))
        return RetryDecision(retry_in={"seconds": round(pause * random.uniform(0.5, 1.0)) or 1})  # noqa: S311  # jitter


class AfterShutdown(BaseRetryStrategy):
    """A periodic job that was canceled by a stopping worker runs again; one that failed waits for its next time."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        is_canceled = isinstance(exception, asyncio.CancelledError) and job.attempts + 1 < MAX_ATTEMPTS
        return RetryDecision(retry_in={"seconds": 0}) if is_canceled else None


def register(app: procrastinate.App, resources: Resources, jobs: Mapping[str, Task[Resources]]) -> None:
    """Register every job with its name, queue, retries and the resources of the process."""
    for name, task in jobs.items():
        registered = app.task(name=name, queue=queue_of(name), retry=Backoff(), pass_context=True)
        registered(_with_resources(name, task, resources))


def _with_resources(name: str, task: Task[Resources], resources: Resources) -> Callable[..., Awaitable[None]]:
    async def run(context: JobContext, /, **arguments: UUID | str | int) -> None:
        async with _recording_failure(resources, context.job):
            with observe_job(name), tracing_job(name, context.job.lock):
                await task(resources, **arguments)

    return run


def register_periodic(
    app: procrastinate.App, resources: Resources, periodic: Mapping[str, tuple[str, PeriodicTask[Resources]]]
) -> None:
    """Register every periodic job with its cron line; each runs once at a time across all workers."""
    for name, (cron, task) in periodic.items():
        registered = app.task(
            name=name, queue=CLOCK, lock=name, queueing_lock=name, retry=AfterShutdown(), pass_context=True
        )
        app.periodic(cron=cron)(registered(_at_tick(name, task, resources)))


def _at_tick(name: str, task: PeriodicTask[Resources], resources: Resources) -> Callable[..., Awaitable[None]]:
    async def run(context: JobContext, /, timestamp: int) -> None:
        del timestamp
        async with _recording_failure(resources, context.job):
            with observe_job(name), tracing_job(name, context.job.lock):
                async with asyncio.timeout(HUNG_SECONDS):
                    await task(resources)

    return run


@asynccontextmanager
async def _recording_failure(resources: CoreResources, job: Job) -> AsyncIterator[None]:
    """One line and one row for each attempt that fails: the queue stores only that there was one."""
    try:
        yield
    except Exception as error:
        attempt = job.attempts + 1
        write = log.error if job.queue == CLOCK or attempt >= MAX_ATTEMPTS else log.warning
        write("job failed", job=job.task_name, job_id=job.id, attempt=attempt, error=describe(error))
        await _store_failure(resources, job, attempt, error)
        if not isinstance(error, _AWAY):
            report_fault(error, job=job.task_name)
        raise


async def _store_failure(resources: CoreResources, job: Job, attempt: int, error: Exception) -> None:
    """The job fails all the same when that is not possible."""
    if job.id is None:
        return
    try:
        async with resources.database.transaction() as (db, now):
            await queued_jobs.insert_failure(db, job_id=job.id, attempt=attempt, error=Jsonb(describe(error)), now=now)
    except (Unavailable, psycopg.Error) as failure:
        log.warning("error of a job not stored", job_id=job.id, error=type(failure).__name__)
