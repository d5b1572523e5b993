"""The loops of a worker process: one for each queue with slots of its own, the clock, and repair after a kill."""

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
# What is running at SIGTERM has this long to finish.
GRACE_SECONDS = 8
# Polling alone would cost their jobs half a second; each listener is one connection more.
_LISTENING = frozenset({MAIL, MONEY})


class QueueStopped(RuntimeError):
    """A loop ended although nobody asked it to, most likely because it lost PostgreSQL: the process starts anew."""


async def run_queues(app: procrastinate.App, database: Database, slots: Mapping[str, int]) -> None:
    """Run the jobs of every queue, `slots` at a time, until SIGTERM or SIGINT; raises QueueStopped."""
    loops = [_Loop(app, queue, count) for queue, count in slots.items()]
    is_asked = asyncio.Event()

    def stop() -> None:
        is_asked.set()
        for loop in loops:
            loop.stop()

    with signals.on_stop(stop):
        running = [asyncio.create_task(loop.run(), name=f"queue {loop.worker_name}") for loop in loops]
        repairing = asyncio.create_task(_repair_for_ever(database), name="repair")
        try:
            await asyncio.wait([*running, repairing], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for loop in loops:
                loop.stop()
            await asyncio.wait(running)
            repairing.cancel()
            await asyncio.wait([repairing])
    await asyncio.gather(*running)
    if not is_asked.is_set():
        raise QueueStopped


class _Loop(Worker):
    """One queue's worker. Signals are handled once for all loops, and only the clock's loop keeps the time."""

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
        await super().run()  # type: ignore[no-untyped-call]  # the library left it untyped

    def stop(self) -> None:
        """Take no more jobs, and finish those that run."""
        super().stop()  # type: ignore[no-untyped-call]  # the library left it untyped

    async def _periodic_deferrer(self) -> None:
        if self._keeps_time:
            await _Ticker(self.app).worker()
        # A side task that ends makes the library stop watching the others, the heartbeat among them.
        await asyncio.Event().wait()


class _Ticker(PeriodicDeferrer):
    """Defers what is due by the clock, and drops the tick of a job that is still running."""

    def __init__(self, app: procrastinate.App) -> None:
        super().__init__(app.periodic_registry)
        self._jobs = app.job_manager

    async def defer_jobs(self, jobs_to_defer: Iterable[TaskAtTime]) -> None:
        due = list(jobs_to_defer)
        running = {job.task_name for job in await self._jobs.list_jobs_async(status="doing")} if due else set()
        await super().defer_jobs([tick for tick in due if tick[0].task.name not in running])


def register_repair(app: procrastinate.App, database: Database) -> None:
    """Repair was a job once; a row that an older version left behind still runs."""

    @app.task(name="jobs.repeat_stalled")
    async def run(timestamp: int) -> None:
        del timestamp
        await requeue_stalled(database)


async def _repair_for_ever(database: Database) -> None:
    """Repair needs no slot and no tick, so that nothing it has to repair can keep it from it."""
    while True:
        try:
            await requeue_stalled(database)
        except (Unavailable, psycopg.Error) as error:
            log.warning("stalled jobs not repeated", error=type(error).__name__)
        await asyncio.sleep(REPAIR_SECONDS)


async def requeue_stalled(database: Database) -> None:
    """Start the jobs of killed workers again; one that was tried MAX_ATTEMPTS times ends as failed.

    A periodic job whose next tick waits already is not repeated: the tick does the same work, and two would not fit
    under its queueing lock.
    """
    async with database.transaction() as (db, _now):
        await job_queue.delete_superseded_jobs(db, stalled_seconds=STALLED_SECONDS)
        stalled = await job_queue.requeue_stalled_jobs(db, stalled_seconds=STALLED_SECONDS, max_attempts=MAX_ATTEMPTS)
    for job in stalled:
        tell = log.error if job.status == "failed" else log.warning
        tell("job of a lost worker", job_id=job.id, job=job.task_name, status=job.status, attempts=job.attempts)
