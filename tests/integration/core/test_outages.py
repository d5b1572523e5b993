"""A server that is away is logged once when it goes and once when it is back; a worker waits for a schema that fits."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import redis.asyncio
from pydantic import SecretStr
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.processors import add_log_level
from structlog.testing import capture_logs
from tests.integration.core.test_readiness import changed_schema
from tests.support.classroom import Classroom

from coursify import worker
from coursify.core import jobs, outage, queues
from coursify.core.clock import Clock
from coursify.core.database import Database, open_database
from coursify.migrations.revisions import find_head
from coursify.resources import Resources
from coursify_sandbox.ports import free_port

pytestmark = pytest.mark.anyio
PATIENCE_SECONDS = 60


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outage, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(queues, "SCHEMA_SECONDS", 0.05)


async def until(condition: Callable[[], bool | Awaitable[bool]], *, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.02)


@contextmanager
def logged_here() -> Iterator[list[Any]]:
    """The lines of this test and its tasks: the application of other tests watches its servers as well."""
    here = str(uuid4())
    own: list[Any] = []
    keeping = lambda _log, _level, line: keep(line, own, here)  # noqa: E731
    with capture_logs(processors=[merge_contextvars, add_log_level, keeping]), bound_contextvars(here=here):
        yield own


def keep(line: Any, own: list[Any], here: str) -> Any:
    if line.get("here") == here:
        own.append(line)
    return line


def named(lines: list[Any], event: str) -> list[Any]:
    return [line for line in lines if line["event"] == event]


@pytest.mark.slow
async def test_an_outage_is_one_line_at_its_start_and_one_at_its_end(resources: Resources) -> None:
    nowhere = redis.asyncio.Redis(port=free_port())
    with logged_here() as lines:
        async with outage.watching_servers(resources.database, nowhere, schema_head=find_head()):
            await until(lambda: bool(named(lines, "dependency lost")))
            await asyncio.sleep(0.5)
            [lost] = named(lines, "dependency lost")
            assert (lost["dependency"], "nothing answers at its address" in lost["reason"]) == ("redis", True)
            nowhere.connection_pool = resources.redis.connection_pool
            await until(lambda: bool(named(lines, "dependency back")))
            await asyncio.sleep(0.3)
    assert [line["event"] for line in lines] == ["dependency lost", "dependency back"]


async def test_a_schema_that_does_not_fit_is_logged_once(resources: Resources, environment: dict[str, str]) -> None:
    with logged_here() as lines:
        async with outage.watching_servers(resources.database, resources.redis, schema_head=find_head()):
            with changed_schema(environment["DATABASE_OWNER_URL"], "9998", "9997"):
                await until(lambda: bool(named(lines, "dependency lost")))
                await asyncio.sleep(0.3)
            await until(lambda: bool(named(lines, "dependency back")))
    assert [(line["event"], line["dependency"]) for line in lines] == [
        ("dependency lost", "schema"),
        ("dependency back", "schema"),
    ]
    assert "start the version that migrated it" in lines[0]["reason"]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("password", "the password of the role coursify_app is wrong"),
        ("host", "the host nowhere.invalid is unknown"),
        ("port", "nothing listens at its address"),
        ("database", "the database nothing does not exist"),
    ],
)
async def test_the_reason_says_what_to_correct(resources: Resources, place: str, reason: str) -> None:
    right = psycopg.conninfo.conninfo_to_dict(resources.settings.database.database_url.get_secret_value())
    wrong = {"password": "wrong", "host": "nowhere.invalid", "port": str(free_port()), "dbname": "nothing"}
    key = "dbname" if place == "database" else place
    parts = {**right, key: wrong[key]}
    url = "postgresql://{user}:{password}@{host}:{port}/{dbname}".format(**parts)
    settings = resources.settings.database.model_copy(update={"database_url": SecretStr(url)})
    with logged_here() as lines:
        async with (
            open_database(settings, Clock()) as database,
            outage.watching_servers(database, resources.redis, schema_head=find_head()),
        ):
            await until(lambda: bool(named(lines, "dependency lost")))
    [lost] = named(lines, "dependency lost")
    assert lost["dependency"] == "postgresql"
    assert reason in lost["reason"]
    assert "wrong@" not in str(lines)


async def test_a_busy_pool_is_no_outage(resources: Resources) -> None:
    settings = resources.settings.database.model_copy(update={"database_read_pool_size": 1})
    database = Database(settings, Clock())
    await database.open()
    try:
        async with database.read():
            assert await outage.find_state(database, head=find_head()) == (None, None)
    finally:
        await database.close()


async def test_a_worker_takes_no_jobs_while_the_schema_does_not_fit(
    classroom: Classroom, resources: Resources, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    async def send(_resources: Resources, delivery_id: str) -> None:
        sent.append(delivery_id)

    async def defer() -> str:
        delivery_id = str(uuid4())
        await jobs.defer(classroom.db, "mail.send_email", delivery_id=delivery_id)
        return delivery_id

    monkeypatch.setitem(worker.JOBS, "mail.send_email", send)
    monkeypatch.setattr(worker, "CLOCK", {})
    with logged_here() as lines:
        async with worker.open_queue(resources) as queue:
            with changed_schema(environment["DATABASE_OWNER_URL"], "0001", "0001"):
                running = asyncio.create_task(
                    queues.run_while_schema_fits(queue, resources.database, {jobs.MAIL: 2}, head=find_head())
                )
                first = await defer()
                await asyncio.sleep(0.5)
                assert (sent, named(lines, "working")) == ([], [])
            await until(lambda: sent == [first])
            with changed_schema(environment["DATABASE_OWNER_URL"], "9998", "9997"):
                await until(lambda: bool(named(lines, "paused")))
                second = await defer()
                await asyncio.sleep(0.5)
                assert sent == [first]
            await until(lambda: sent == [first, second])
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(running, 20)
    assert [line["event"] for line in lines] == ["working", "paused", "working"]


async def test_each_failed_attempt_of_a_job_is_one_line(
    classroom: Classroom, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_resources: Resources, refund_id: str) -> None:
        raise RuntimeError("ada@example.com")

    monkeypatch.setitem(worker.JOBS, "payments.execute_refund", fail)
    await jobs.defer(classroom.db, "payments.execute_refund", refund_id=uuid4())
    [(job_id,)] = await classroom.rows("SELECT id FROM procrastinate_jobs")
    with logged_here() as lines:
        async with worker.open_queue(resources, with_clock=False) as queue:
            await worker.run_due(queue)
            await classroom.db.execute("UPDATE procrastinate_jobs SET scheduled_at = NULL, attempts = 19")
            await worker.run_due(queue)
    told = [(line["level"], line["event"], line["job"], line["job_id"], line["attempt"]) for line in lines]
    assert told == [
        ("warning", "job failed", "payments.execute_refund", job_id, 1),
        ("error", "job failed", "payments.execute_refund", job_id, 20),
    ]
    assert lines[0]["error"]["type"] == "RuntimeError"
    assert "ada@" not in str(lines)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_process_says_what_it_runs_why_it_is_not_ready_and_when_it_stops(
    environment: dict[str, str], command: str
) -> None:
    url = environment["DATABASE_URL"].replace("coursify_app:", "coursify_app:x")
    told = os.environ | environment | {"LOG_LEVEL": "INFO", "DATABASE_URL": url, "SHUTDOWN_DELAY_SECONDS": "0"}
    words = [sys.executable, "-m", "coursify", command, *(["--port", str(free_port())] if command == "serve" else [])]
    process = subprocess.Popen(words, env=told, stdout=subprocess.PIPE, text=True)
    try:
        lines = []
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not named(lines, "dependency lost"):
            assert time.monotonic() < deadline
            lines.append(json.loads(process.stdout.readline()))  # type: ignore[union-attr]  # it is a pipe
        time.sleep(5)
        process.send_signal(signal.SIGTERM)
        lines += [json.loads(line) for line in process.communicate(timeout=PATIENCE_SECONDS)[0].splitlines()]
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    begun = lines[0]
    assert (begun["event"], bool(begun["version"])) == ("serving" if command == "serve" else "starting", True)
    [lost] = [line for line in named(lines, "dependency lost") if line["dependency"] == "postgresql"]
    assert "the password of the role coursify_app is wrong" in lost["reason"]
    assert lines[-1]["event"] == "stopped"
