"""The loops of a worker process: one for each queue, the clock, and the repair of stalled jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

import procrastinate
import psycopg
from procrastinate import signals
from procrastinate.periodic import PeriodicDeferrer, TaskAtTime
from procrastinate.worker import Worker

from coursify.core.database import Database
from coursify.core.errors import Unavailable
from coursify.core.jobs import CLOCK, MAIL, MAX_ATTEMPTS, MONEY
from coursify.core.logging import log
from coursify.core.queries import job_queue

HEARTBEAT_SECONDS = 3
STALLED_SECONDS = 12
REPAIR_SECONDS = 5
POLL_SECONDS = 1.0
# How long running jobs may take to finish after SIGTERM.
GRACE_SECONDS = 8
# Polling alone would delay these jobs by half a second; each listener needs a connection.
_LISTENING = frozenset({MAIL, MONEY})


class QueueStopped(RuntimeError):
    """A loop ended without a signal, most likely because PostgreSQL was lost. The supervisor restarts the process."""


async def run_queues(app: procrastinate.App, database: Database, slots: Mapping[str, int]) -> None:
    """Run the jobs of every queue, `slots` at a time, until SIGTERM or SIGINT. Raises QueueStopped."""
    loops = [_Loop(app, queue, count) for queue, count in slots.items()]
    is_stopping = asyncio.Event()

    def stop() -> None:
        is_stopping.set()
        for loop in loops:
            loop.stop()

    with signals.on_stop(stop):
        running = [asyncio.create_task(loop.run(), name=f"queue {loop.worker_name}") for loop in loops]
        repairing = asyncio.create_task(_repair_forever(database), name="repair")
        try:
            await asyncio.wait([*running, repairing], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for loop in loops:
                loop.stop()
            await asyncio.wait(running)
            repairing.cancel()
            await asyncio.wait([repairing])
    await asyncio.gather(*running)
    if not is_stopping.is_set():
        raise QueueStopped


class _Loop(Worker):
    """The worker of one queue. Signals are handled once for all loops; only the clock's loop defers periodic jobs."""

    def __init__(self, app: procrastinate.App, queue: str, slots: int) -> None:
        super().__init__(
            app,
            queues=[queue],
            name=queue,
            concurrency=slots,
            fetch_job_polling_interval=POLL_SECONDS,
            shutdown_graceful_timeout=GRACE_SECONDS,
            listen_notify=queue in _LISTENING,
            delete_jobs="successful",
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT_SECONDS,
            stalled_worker_timeout=STALLED_SECONDS,
        )
        self._keeps_time = queue == CLOCK

    async def run(self) -> None:
        await super().run()  # type: ignore[no-untyped-call]  # untyped in the library

    def stop(self) -> None:
        """Fetch no more jobs, and finish those that are running."""
        super().stop()  # type: ignore[no-untyped-call]  # untyped in the library

    async def _periodic_deferrer(self) -> None:
        if self._keeps_time:
            await _Ticker(self.app).worker()
        # When a side task ends, the library stops watching the others, such as the heartbeat.
        await asyncio.Event().wait()


class _Ticker(PeriodicDeferrer):
    """Defers the periodic jobs that are due, except those that are still running."""

    def __init__(self, app: procrastinate.App) -> None:
        super().__init__(app.periodic_registry)
        self._jobs = app.job_manager

    async def defer_jobs(self, jobs_to_defer: Iterable[TaskAtTime]) -> None:
        due = list(jobs_to_defer)
        running = {job.task_name for job in await self._jobs.list_jobs_async(status="doing")} if due else set()
        await super().defer_jobs([tick for tick in due if tick[0].task.name not in running])


def register_repair(app: procrastinate.App, database: Database) -> None:
    """Register `jobs.repeat_stalled`, which older versions deferred, so that their rows still run."""

    @app.task(name="jobs.repeat_stalled")
    async def run(timestamp: int) -> None:
        del timestamp
        await requeue_stalled(database)


async def _repair_forever(database: Database) -> None:
    """Repair is no job, so that stalled jobs cannot keep it from running."""
    while True:
        try:
            await requeue_stalled(database)
        except (Unavailable, psycopg.Error) as error:
            log.warning("stalled jobs not requeued", error=type(error).__name__)
        await asyncio.sleep(REPAIR_SECONDS)


async def requeue_stalled(database: Database) -> None:
    """Requeue the jobs of stopped workers; a job that has run MAX_ATTEMPTS times becomes failed.

    A periodic job that is already queued again is deleted: its queueing lock allows one `todo` job only.
    """
    async with database.transaction() as (db, _now):
        await job_queue.delete_superseded_jobs(db, stalled_seconds=STALLED_SECONDS)
        stalled = await job_queue.requeue_stalled_jobs(db, stalled_seconds=STALLED_SECONDS, max_attempts=MAX_ATTEMPTS)
    for job in stalled:
        write = log.error if job.status == "failed" else log.warning
        write("job of a stopped worker", job_id=job.id, job=job.task_name, status=job.status, attempts=job.attempts)
