"""A connection that listens and is not used: PostgreSQL must never wait for it."""

from __future__ import annotations

import asyncio
import time

import psycopg
import pytest
from pydantic import SecretStr
from tests.support.school import own_database
from tests.support.servers import ServerAddresses

from coursify.core import pools
from coursify.core.answers import PublicAnswers
from coursify.core.clock import Clock
from coursify.core.database import open_database
from coursify.core.settings import Settings

pytestmark = pytest.mark.anyio

# More than the buffers of a connection hold.
MANY = 200_000
WAITS = "SELECT wait_event = 'ClientWrite' OR xact_start IS NOT NULL FROM pg_stat_activity WHERE pid = %s"


async def test_an_unused_connection_that_listens_holds_up_nothing(
    servers: ServerAddresses, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "READ_IDLE_SECONDS", 1.0)
    with own_database(servers) as name:
        used = settings.database.model_copy(update={"database_url": SecretStr(servers.app_url_for(name))})
        async with (
            open_database(used, Clock(), on_connect=PublicAnswers().hear_own_changes) as opened,
            await psycopg.AsyncConnection.connect(servers.owner_url_for(name), autocommit=True) as other,
        ):
            async with opened.transaction() as (db, _now):
                listening = db.info.backend_pid
            await other.execute(
                "SELECT pg_notify('answers', gen_random_uuid()::text) FROM generate_series(1, %s)", [MANY]
            )
            assert await _is_free_within(30, other, listening)


async def _is_free_within(seconds: float, db: psycopg.AsyncConnection[tuple[bool]], pid: int) -> bool:
    """Whether the server process waits for nobody any more; one that is replaced is gone."""
    deadline = time.monotonic() + seconds
    await asyncio.sleep(0.5)
    while time.monotonic() < deadline:
        row = await (await db.execute(WAITS, [pid])).fetchone()
        if row is None or not row[0]:
            return True
        await asyncio.sleep(0.1)
    return False
