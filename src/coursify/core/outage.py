"""States that last, such as a server that is away: one line when each begins and one when it ends, none between."""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractAsyncContextManager
from typing import Literal

import psycopg
import redis.asyncio

from coursify.core.applied_schema import USABLE, SchemaState, explain, find_schema_state
from coursify.core.background import in_background
from coursify.core.cache import DOWN, explain_redis
from coursify.core.database import Database
from coursify.core.database_errors import explain_postgresql
from coursify.core.errors import Unavailable
from coursify.core.logging import log

CHECK_SECONDS = 2.0
TIMEOUT_SECONDS = 5.0
# One answer that is late is no outage: the timeouts of Redis are short.
_REDIS_FAILURES = 2

Dependency = Literal["postgresql", "redis", "schema"]


class Outage:
    """Whether something that the process needs is away."""

    def __init__(self, dependency: Dependency) -> None:
        self._dependency = dependency
        self._since: float | None = None

    def begin(self, reason: str) -> None:
        if self._since is None:
            self._since = time.monotonic()
            log.error("dependency lost", dependency=self._dependency, reason=reason)

    def end(self) -> None:
        if self._since is not None:
            seconds, self._since = round(time.monotonic() - self._since), None
            log.info("dependency back", dependency=self._dependency, seconds=seconds)


def watching_servers(
    database: Database, client: redis.asyncio.Redis, *, schema_head: str
) -> AbstractAsyncContextManager[None]:
    """Log when PostgreSQL, its schema or Redis cannot be used, and when they can be again, until the block ends."""
    return in_background(_watch_forever(database, client, schema_head))


async def _watch_forever(database: Database, client: redis.asyncio.Redis, head: str) -> None:
    postgresql, schema, cache, failures = Outage("postgresql"), Outage("schema"), Outage("redis"), 0
    while True:
        state, reason = await find_state(database, head=head)
        _record(postgresql, reason)
        if state is not None:
            _record(schema, None if state in USABLE else explain(state, head=head))
        reason = await _why_redis_is_away(client)
        failures = failures + 1 if reason else 0
        if failures in {0, _REDIS_FAILURES}:
            _record(cache, reason)
        await asyncio.sleep(CHECK_SECONDS)


def _record(outage: Outage, reason: str | None) -> None:
    if reason is None:
        outage.end()
    else:
        outage.begin(reason)


async def find_state(database: Database, *, head: str) -> tuple[SchemaState | None, str | None]:
    """The state of the schema, or why PostgreSQL is away; neither when all connections of the pool are in use."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS), database.read() as db:
            return await find_schema_state(db, head=head), None
    except (Unavailable, psycopg.Error, OSError, TimeoutError):
        pass
    # A pool does not say why it has no connection; one that is opened here does.
    try:
        async with await psycopg.AsyncConnection.connect(database.url, connect_timeout=round(TIMEOUT_SECONDS)):
            return None, None
    except (psycopg.Error, OSError) as error:
        return None, explain_postgresql(error)


async def _why_redis_is_away(client: redis.asyncio.Redis) -> str | None:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            await client.ping()
    except DOWN as error:
        return explain_redis(error)
    return None
