"""Connection pools of PostgreSQL that recover from a restart of the server."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

POOL_WAIT_SECONDS = 2.0
# The pool doubles its delay with every failed attempt, up to minutes. When it gives up early, attempts are about a
# second apart, and the next request begins new ones.
RECONNECT_SECONDS = 2.0


def make_pool(url: str, size: int, options: str) -> AsyncConnectionPool[psycopg.AsyncConnection[Any]]:
    """At most `size` connections, each with these options; the pool is not open yet."""

    async def check(connection: psycopg.AsyncConnection[Any]) -> None:
        """Raises when the connection is broken. The server may have restarted: all that wait are replaced."""
        try:
            await pool.check_connection(connection)
        except psycopg.Error:
            await pool.drain()
            raise

    pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]] = AsyncConnectionPool(
        url,
        min_size=min(2, size),
        max_size=size,
        timeout=POOL_WAIT_SECONDS,
        max_idle=120,
        reconnect_timeout=RECONNECT_SECONDS,
        open=False,
        check=check,
        kwargs={"autocommit": True, "options": options, "prepare_threshold": 0, "connect_timeout": 5},
    )
    return pool
