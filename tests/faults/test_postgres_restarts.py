"""After a restart of PostgreSQL every pool serves again within three seconds, and ready means that both pools serve."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from pydantic import SecretStr
from tests.support.application import client_of
from tests.support.classroom import PREFIX
from tests.support.servers import TestServers, start_test_servers

from coursify.commands.migrate import upgrade
from coursify.core.settings import DatabaseSettings, Settings

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

NAME = "coursify"
AT_ONCE = 12
# A pool that doubles its delays tries after 7 and 15 seconds.
PAUSE = 8
UNKNOWN = {"email": "nobody@example.com", "password": "wrong-but-long!"}


@pytest.fixture(scope="module")
def own_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServers]:
    started = start_test_servers(tmp_path_factory.mktemp("own") / "servers", durable=True)
    upgrade(DatabaseSettings(database_url=started.app_url_for(NAME), database_owner_url=started.owner_url_for(NAME)))
    yield started
    started.stop()


@pytest.fixture
async def own(settings: Settings, own_servers: TestServers) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application whose PostgreSQL the test can restart."""
    url = SecretStr(own_servers.app_url_for(NAME))
    database = settings.database.model_copy(update={"database_url": url})
    async with client_of(dataclasses.replace(settings, database=database)) as opened:
        yield opened


async def use_both_pools(client: httpx.AsyncClient) -> list[int]:
    """Signs in (a transaction) and lists courses (a read). 401 and 200 are the answers of a database that serves."""
    answers = await asyncio.gather(
        client.post(PREFIX + "/users/login", json=UNKNOWN), client.get(PREFIX + "/courses?page=1")
    )
    return [answer.status_code for answer in answers]


async def use_until_served(client: httpx.AsyncClient) -> float:
    """How many seconds until both pools serve and the application is ready."""
    began = time.monotonic()
    while time.monotonic() - began < 20:
        ready = (await client.get("/health/ready")).status_code
        served = await use_both_pools(client)
        if ready == 200:
            assert served == [401, 200], "ready, but a pool does not serve"
            return time.monotonic() - began
        await asyncio.sleep(0.1)
    pytest.fail("not served within 20 s")


async def test_after_a_pause_with_traffic_both_pools_serve_within_three_seconds(
    own: httpx.AsyncClient, own_servers: TestServers
) -> None:
    assert await use_both_pools(own) == [401, 200]
    own_servers.stop_postgres()
    stopped = time.monotonic()
    try:
        while time.monotonic() - stopped < PAUSE:
            assert await use_both_pools(own) == [503, 503]
            assert (await own.get("/health/ready")).status_code == 503
    finally:
        await asyncio.to_thread(own_servers.start_postgres)
    assert await use_until_served(own) < 3


async def test_after_a_short_restart_no_closed_connection_is_waited_for(
    own: httpx.AsyncClient, own_servers: TestServers
) -> None:
    await asyncio.gather(*(use_both_pools(own) for _ in range(AT_ONCE)))
    own_servers.stop_postgres()
    own_servers.start_postgres()
    began = time.monotonic()
    assert await use_both_pools(own) == [401, 200]
    assert (await own.get("/health/ready")).status_code == 200
    assert time.monotonic() - began < 3
