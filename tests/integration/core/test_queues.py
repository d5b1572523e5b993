"""The loops of a worker: slots for each queue, one periodic job at a time, repair after a kill."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import uuid4

import procrastinate
import pytest
from psycopg.pq import TransactionStatus
from tests.support.classroom import Classroom

from coursify import worker
from coursify.core import jobs, queues, registered_jobs
from coursify.core.registered_jobs import MAX_ATTEMPTS
from coursify.resources import Resources

pytestmark = pytest.mark.anyio

NAME = "core.purge_expired"
EVERY_SECOND = "* * * * * *"
SLOTS = {jobs.MAIL: 2, jobs.MONEY: 2, jobs.CLOCK: 2, jobs.REST: 2}
Working = Callable[[], AbstractAsyncContextManager[asyncio.Task[None]]]


@pytest.fixture
def working(resources: Resources) -> Working:
    """A worker in this process, with the jobs and clocks that the test has put on worker.py's page."""

    @contextlib.asynccontextmanager
    async def start() -> AsyncIterator[asyncio.Task[None]]:
        async with worker.open_queue(resources) as queue:
            running = asyncio.create_task(
                queues.run_queues(queue, resources.database, SLOTS, is_stopping=asyncio.Event())
            )
            try:
                yield running
            finally:
                running.cancel()
                await asyncio.wait([running])

    return start


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "CLOCK", {})
    monkeypatch.setattr(queues, "REPAIR_SECONDS", 0.2)
    monkeypatch.setattr(queues, "GRACE_SECONDS", 0.2)


def put_on_page(monkeypatch: pytest.MonkeyPatch, name: str, task: Callable[..., Awaitable[None]]) -> None:
    monkeypatch.setitem(worker.JOBS, name, task)


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.05)


async def insert_job(classroom: Classroom, name: str, queue: str, **columns: Any) -> int:
    columns = {"status": "todo", "args": "{}", "attempts": 0, "lock": None, "queueing_lock": None} | columns
    rows = await classroom.rows(
        """INSERT INTO procrastinate_jobs (task_name, queue_name, status, args, attempts, lock, queueing_lock)
           VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id""",
        name,
        queue,
        *(columns[key] for key in ("status", "args", "attempts", "lock", "queueing_lock")),
    )
    return int(rows[0][0])


async def test_the_queue_needs_no_transaction_around_a_statement_and_replaces_broken_connections(
    resources: Resources, classroom: Classroom
) -> None:
    async with queues.open_pool(resources.database.url) as pool:
        for _ in range(2):
            async with pool.connection() as connection:
                await connection.execute("SELECT 1")
                assert connection.info.transaction_status == TransactionStatus.IDLE
            await classroom.db.execute("SELECT pg_terminate_backend(%s, 2000)", [connection.info.backend_pid])


async def test_a_job_is_found_by_index_although_its_table_was_analyzed_while_it_was_empty(
    resources: Resources, classroom: Classroom
) -> None:
    """Otherwise each job that waits costs a scan of a table full of dead rows."""
    await classroom.db.execute("ANALYZE procrastinate_jobs")
    for _ in range(20):
        await insert_job(classroom, "mail.send_email", jobs.MAIL)
    async with (
        queues.open_pool(resources.database.url) as pool,
        pool.connection() as connection,
        connection.transaction(force_rollback=True),
    ):
        await connection.execute("SELECT procrastinate_fetch_job_v2(ARRAY['mail'], NULL)")
        scans = await connection.execute(
            "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'procrastinate_jobs'"
        )
        assert await scans.fetchone() == (0,)


async def test_a_job_that_hangs_at_the_payment_provider_delays_no_email(
    classroom: Classroom, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging, sent = asyncio.Event(), asyncio.Event()

    async def hang(_resources: Resources, refund_id: str) -> None:
        hanging.set()
        await asyncio.sleep(3_600)

    async def send(_resources: Resources, delivery_id: str) -> None:
        sent.set()

    put_on_page(monkeypatch, "payments.execute_refund", hang)
    put_on_page(monkeypatch, "mail.send_email", send)
    async with working(), asyncio.timeout(15):
        async with classroom.db.transaction():
            for _ in range(3 * SLOTS[jobs.MONEY]):
                await jobs.defer(classroom.db, "payments.execute_refund", refund_id=uuid4())
        await hanging.wait()
        await jobs.defer(classroom.db, "mail.send_email", delivery_id=uuid4())
        await sent.wait()


@pytest.mark.slow
async def test_two_workers_never_run_a_periodic_job_at_once_and_overlapping_runs_are_dropped(
    classroom: Classroom, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most, runs, waiting = 0, 0, 0, []

    async def sweep(_resources: Resources) -> None:
        nonlocal running, most, runs
        running, runs = running + 1, runs + 1
        most = max(most, running)
        await asyncio.sleep(2.6)
        waiting.append(await classroom.rows("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"))
        running -= 1

    async def thrice() -> bool:
        return runs >= 3

    monkeypatch.setattr(worker, "CLOCK", {NAME: (EVERY_SECOND, sweep)})
    async with working(), working():
        await until(thrice, seconds=30)
    assert most == 1
    assert waiting == [[(0,)]] * len(waiting)


async def test_a_periodic_job_that_hangs_is_canceled_and_the_next_one_runs(
    classroom: Classroom, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = 0

    async def sweep(_resources: Resources) -> None:
        nonlocal runs
        runs += 1
        await asyncio.sleep(3_600)

    monkeypatch.setattr(registered_jobs, "HUNG_SECONDS", 0.5)
    monkeypatch.setattr(worker, "CLOCK", {NAME: (EVERY_SECOND, sweep)})

    async def twice() -> bool:
        return runs >= 2

    async with working():
        await until(twice)


async def test_a_periodic_job_whose_worker_was_killed_runs_again(
    classroom: Classroom, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = asyncio.Event()

    async def sweep(_resources: Resources) -> None:
        done.set()

    # A tick that comes once in years, so that only the one that was killed can run.
    monkeypatch.setattr(worker, "CLOCK", {NAME: ("0 0 29 2 *", sweep)})
    await insert_job(
        classroom, NAME, jobs.CLOCK, status="doing", args='{"timestamp": 1}', lock=NAME, queueing_lock=NAME
    )
    async with working():
        await asyncio.wait_for(done.wait(), 15)


async def test_a_periodic_job_that_a_stopping_worker_cancels_runs_again(
    classroom: Classroom, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def sweep(_resources: Resources) -> None:
        begun.set()
        await asyncio.sleep(3_600)

    monkeypatch.setattr(worker, "CLOCK", {NAME: (EVERY_SECOND, sweep)})
    async with working():
        await asyncio.wait_for(begun.wait(), 15)
    found = "SELECT status::text, attempts, worker_id FROM procrastinate_jobs"
    assert await classroom.rows(found) == [("todo", 1, None)]


@pytest.mark.parametrize("successor", ["todo", "doing"])
async def test_a_killed_periodic_job_does_not_block_the_next_one(
    classroom: Classroom, resources: Resources, successor: str
) -> None:
    """Two cannot wait under one queueing lock; the lock of the first must not outlive its worker."""
    lock = NAME if successor == "todo" else None
    killed = await insert_job(classroom, NAME, jobs.CLOCK, status="doing", lock=lock, queueing_lock=NAME)
    following = await insert_job(classroom, NAME, jobs.CLOCK, status=successor, lock=lock, queueing_lock=NAME)
    await queues.requeue_stalled(resources.database)
    assert killed < following
    assert await classroom.rows("SELECT id, status::text FROM procrastinate_jobs") == [(following, "todo")]


async def test_interrupted_runs_count_and_the_last_one_fails_the_job(
    classroom: Classroom, resources: Resources
) -> None:
    attempts = MAX_ATTEMPTS - 2
    job_id = await insert_job(classroom, "identity.send_link", jobs.MAIL, status="doing", attempts=attempts)
    found = "SELECT status::text, attempts FROM procrastinate_jobs"
    await queues.requeue_stalled(resources.database)
    assert await classroom.rows(found) == [("todo", attempts + 1)]
    await classroom.db.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job_id])
    await queues.requeue_stalled(resources.database)
    assert await classroom.rows(found) == [("failed", MAX_ATTEMPTS)]


async def test_a_job_of_a_running_worker_is_not_requeued(classroom: Classroom, resources: Resources) -> None:
    await insert_job(classroom, "identity.send_link", jobs.MAIL, status="doing")
    [(worker_id,)] = await classroom.rows("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
    await classroom.db.execute("UPDATE procrastinate_jobs SET worker_id = %s", [worker_id])
    found = "SELECT status::text, attempts FROM procrastinate_jobs"
    await queues.requeue_stalled(resources.database)
    assert await classroom.rows(found) == [("doing", 0)]
    late = "UPDATE procrastinate_workers SET last_heartbeat = now() - make_interval(secs => %s)"
    await classroom.db.execute(late, [queues.STALLED_SECONDS + 1])
    await queues.requeue_stalled(resources.database)
    assert await classroom.rows(found) == [("todo", 1)]


async def test_jobs_of_an_older_version_still_run(
    classroom: Classroom, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = asyncio.Event()

    async def send(_resources: Resources, delivery_id: str) -> None:
        sent.set()

    put_on_page(monkeypatch, "mail.send_email", send)
    await insert_job(classroom, "mail.send_email", "default", args='{"delivery_id": "1"}')
    await insert_job(classroom, "jobs.repeat_stalled", "default", args='{"timestamp": 1}', queueing_lock="repair")

    async def none_left() -> bool:
        return await classroom.rows("SELECT count(*) FROM procrastinate_jobs") == [(0,)]

    async with working():
        await until(none_left)
    assert sent.is_set()


async def test_a_worker_that_was_considered_stopped_exits_and_leaves_no_trace(
    classroom: Classroom, working: Working
) -> None:
    registered = "SELECT count(*) FROM procrastinate_workers"

    async def all_registered() -> bool:
        return await classroom.rows(registered) == [(len(SLOTS),)]

    async with working() as running:
        await until(all_registered)
        await classroom.db.execute(
            "DELETE FROM procrastinate_workers WHERE id = (SELECT min(id) FROM procrastinate_workers)"
        )
        for queue in SLOTS:
            await insert_job(classroom, "identity.send_link", queue, args='{"request_id": "1"}')
        with pytest.raises(procrastinate.exceptions.ConnectorException):
            await asyncio.wait_for(running, 10)
    assert await classroom.rows(registered) == [(0,)]
