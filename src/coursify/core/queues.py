"""The loops of a worker process: one for each queue, the clock, and the repair of stalled jobs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import procrastinate
import psycopg
from procrastinate import signals
from procrastinate.periodic import PeriodicDeferrer, TaskAtTime
from procrastinate.worker import Worker
from psycopg_pool import AsyncConnectionPool

from coursify.core.applied_schema import USABLE
from coursify.core.background import in_background
from coursify.core.database import Database
from coursify.core.errors import Unavailable
from coursify.core.jobs import CLOCK, MAIL, MONEY
from coursify.core.logging import log
from coursify.core.outage import find_state
from coursify.core.pools import is_open
from coursify.core.queries import job_queue
from coursify.core.registered_jobs import MAX_ATTEMPTS

HEARTBEAT_SECONDS = 3
STALLED_SECONDS = 12
REPAIR_SECONDS = 5
SCHEMA_SECONDS = 2.0
POLL_SECONDS = 1.0
# How long running jobs may take to finish after SIGTERM.
GRACE_SECONDS = 8
# Polling alone would delay these jobs by half a second; each listener needs a connection.
_LISTENING = frozenset({MAIL, MONEY})
# The table of jobs is all but empty when it is analyzed, and full of dead rows a minute later: a plan that reads it
# from end to end would read it once more for each job that waits.
_BY_INDEX = "-c enable_seqscan=off"

Connection = psycopg.AsyncConnection[Any]


class QueueStopped(RuntimeError):
    """A loop ended without a signal, most likely because PostgreSQL was lost. The supervisor restarts the process."""


@contextlib.asynccontextmanager
async def open_pool(url: str) -> AsyncIterator[AsyncConnectionPool[Connection]]:
    """The connections of the queue itself. Each of its statements is a transaction of its own: one round trip."""
    pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
        url, kwargs={"options": _BY_INDEX}, min_size=2, max_size=6, open=False, check=_check, configure=_configure
    )
    await pool.open()
    try:
        yield pool
    finally:
        await pool.close()


async def _configure(connection: Connection) -> None:
    """The library adds `autocommit` to the pool's own arguments where it listens, so it cannot be one of them."""
    await connection.set_autocommit(True)
    connection.prepare_threshold = 0


async def _check(connection: Connection) -> None:
    """Without a round trip (docs/decisions/0053)."""
    if not is_open(connection):
        raise psycopg.OperationalError("the server closed the connection")


async def run_while_schema_fits(
    app: procrastinate.App, database: Database, slots: Mapping[str, int], *, head: str
) -> None:
    """Run jobs while the schema fits the version with the newest revision `head`, until SIGTERM or SIGINT.

    Raises QueueStopped.
    """
    is_stopping, is_pausing = asyncio.Event(), asyncio.Event()

    def stop() -> None:
        is_stopping.set()
        is_pausing.set()

    with signals.on_stop(stop):
        while await _wait_for_schema(database, head, is_stopping):
            log.info("working", queues=dict(slots))
            async with in_background(_pause_when_unfit(database, head, is_pausing)):
                await run_queues(app, database, slots, is_stopping=is_pausing)
            if not is_stopping.is_set():
                log.warning("paused", reason="the schema of the database does not fit this version")
                is_pausing.clear()


async def _wait_for_schema(database: Database, head: str, is_stopping: asyncio.Event) -> bool:
    """True as soon as the schema fits, False when the process is to stop before."""
    while not is_stopping.is_set():
        state, _reason = await find_state(database, head=head)
        if state in USABLE:
            return not is_stopping.is_set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(is_stopping.wait(), SCHEMA_SECONDS)
    return False


async def _pause_when_unfit(database: Database, head: str, is_pausing: asyncio.Event) -> None:
    """While PostgreSQL is away nothing is known of its schema."""
    while True:
        await asyncio.sleep(SCHEMA_SECONDS)
        state, _reason = await find_state(database, head=head)
        if state is not None and state not in USABLE:
            is_pausing.set()


async def run_queues(
    app: procrastinate.App,
    database: Database,
    slots: Mapping[str, int],
    *,
    is_stopping: asyncio.Event,
) -> None:
    """Run the jobs of every queue, `slots` at a time, until the event is set. Raises QueueStopped."""
    loops = [_Loop(app, queue, count) for queue, count in slots.items()]
    running = [asyncio.create_task(loop.run(), name=f"queue {loop.worker_name}") for loop in loops]
    repairing = asyncio.create_task(_repair_forever(database), name="repair")
    stopping = asyncio.create_task(is_stopping.wait(), name="stopping")
    try:
        await asyncio.wait([*running, repairing, stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for loop in loops:
            loop.stop()
        await asyncio.wait(running)
        repairing.cancel()
        stopping.cancel()
        await asyncio.wait([repairing, stopping])
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
    """Defers the periodic jobs that are due, except those that still run or wait."""

    def __init__(self, app: procrastinate.App) -> None:
        super().__init__(app.periodic_registry)
        self._jobs = app.job_manager

    async def defer_jobs(self, jobs_to_defer: Iterable[TaskAtTime]) -> None:
        due = list(jobs_to_defer)
        unfinished = await self._list_unfinished() if due else set()
        await super().defer_jobs([tick for tick in due if tick[0].task.name not in unfinished])

    async def _list_unfinished(self) -> set[str]:
        """Those that wait first: one that begins to run between the two is in one of them."""
        waiting = list(await self._jobs.list_jobs_async(queue=CLOCK, status="todo"))
        running = list(await self._jobs.list_jobs_async(queue=CLOCK, status="doing"))
        return {job.task_name for job in [*waiting, *running]}


def register_repair(app: procrastinate.App, database: Database) -> None:
    """Register `jobs.repeat_stalled`, which older versions deferred, so that their rows still run."""

    @app.task(name="jobs.repeat_stalled")
    async def run(timestamp: int) -> None:
        del timestamp
        await requeue_stalled(database)


async def _repair_forever(database: Database) -> None:
    """Repair is no job, so that stalled jobs cannot keep it from running."""
    while True:
        # That PostgreSQL is away is logged by core/outage.py.
        with contextlib.suppress(Unavailable, psycopg.OperationalError):
            await requeue_stalled(database)
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
