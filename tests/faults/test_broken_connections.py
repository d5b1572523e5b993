"""A pooled connection that broke since its last use costs no request, whether or not this machine knows of it yet."""

from __future__ import annotations

import asyncio

import httpx
import psycopg
import pytest
from tests.support.classroom import PREFIX

from coursify.core import pools
from coursify.core.database import Connection, Database
from coursify.core.errors import Unavailable

pytestmark = pytest.mark.anyio

UNKNOWN = {"email": "nobody@example.com", "password": "wrong-but-long!"}


async def _break_every_connection(db: Connection) -> None:
    await db.execute(
        "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity "
        "WHERE usename = 'coursify_app' AND datname = current_database() AND application_name = ''"
    )


@pytest.mark.parametrize("known", ["known", "unknown"])
async def test_after_its_connections_broke_the_next_requests_are_served(
    client: httpx.AsyncClient, db: Connection, monkeypatch: pytest.MonkeyPatch, known: str
) -> None:
    if known == "unknown":
        monkeypatch.setattr(pools, "is_open", lambda _connection: True)
    assert (await client.get(PREFIX + "/categories")).status_code == 200
    await _break_every_connection(db)
    assert (await client.get(PREFIX + "/courses?limit=1")).status_code == 200
    assert (await client.post(PREFIX + "/users/login", json=UNKNOWN)).status_code == 401


async def test_a_statement_that_may_have_written_is_never_repeated(database: Database, db: Connection) -> None:
    runs = 0

    async def write() -> None:
        nonlocal runs
        async with database.transaction() as (writing, _now):
            runs += 1
            await _break_every_connection(db)
            await writing.execute("SELECT 1")

    with pytest.raises(psycopg.OperationalError):
        await write()
    assert runs == 1


async def test_more_requests_than_connections_wait_in_line(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # A slow machine takes longer for all of them than a request waits.
    monkeypatch.setattr(pools, "POOL_WAIT_SECONDS", 60)
    running, most = 0, 0

    async def use() -> None:
        nonlocal running, most
        async with database.transaction():
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.002)
            running -= 1

    await asyncio.gather(*(use() for _ in range(100)))
    assert most <= 10
    assert database.pool_stats()["transaction"]["requests_waiting"] == 0


async def test_a_request_that_is_canceled_while_it_waits_loses_no_connection(database: Database) -> None:
    async def use(seconds: float) -> None:
        async with database.transaction():
            await asyncio.sleep(seconds)

    for _round in range(20):
        tasks = [asyncio.create_task(use(0.001)) for _ in range(40)]
        await asyncio.sleep(0.003)
        for task in tasks[::2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.gather(*(use(0.01) for _ in range(10)))
    stats = database.pool_stats()["transaction"]
    assert stats["pool_available"] == stats["pool_size"]


async def test_when_all_connections_are_in_use_for_long_a_request_is_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "POOL_WAIT_SECONDS", 0.1)

    async def hold() -> None:
        async with database.transaction():
            await asyncio.sleep(1)

    holding = [asyncio.create_task(hold()) for _ in range(10)]
    await asyncio.sleep(0.5)
    with pytest.raises(Unavailable):
        await hold()
    await asyncio.gather(*holding)
    await hold()
