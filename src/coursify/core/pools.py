"""Connection pools of PostgreSQL that recover from a restart of the server."""

from __future__ import annotations

import asyncio
import contextlib
import select
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from psycopg.pq import ConnStatus, TransactionStatus
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from coursify.core.cancellation import uncanceled

POOL_WAIT_SECONDS = 2.0
# The pool doubles its delay with every failed attempt, up to minutes. When it gives up early, attempts are about a
# second apart, and the next request begins new ones.
RECONNECT_SECONDS = 2.0
READ_IDLE_SECONDS = 30.0
LAST_READ_SECONDS = 1.0

# The database cannot serve this request now: the client gets 503 and tries again.
UNAVAILABLE = (
    PoolTimeout,
    psycopg.OperationalError,
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
    psycopg.errors.IdleInTransactionSessionTimeout,
)
# What PostgreSQL says when it stops; without a code, the connection just ended.
_SHUTDOWN_CODES = frozenset({None, "57P01", "57P02", "57P03"})

Connection = psycopg.AsyncConnection[Any]
OnConnect = Callable[[Connection], Awaitable[None]]


class BrokenAtBegin(psycopg.OperationalError):
    """The connection was broken before the transaction began: nothing has been done."""


class CommitRefused(psycopg.DatabaseError):
    """PostgreSQL answered ROLLBACK to COMMIT: nothing was stored."""


class Pool:
    """At most `size` connections, each with these options.

    While all are in use, one that is given back goes straight to the request that has waited longest: that takes
    neither locks nor tasks. Everything else is done by psycopg's pool, which opens and replaces them.
    """

    def __init__(self, url: str, size: int, options: str, on_connect: OnConnect | None = None) -> None:
        self._size = size
        self._lent = 0
        self._opening = 0
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._is_listening = on_connect is not None
        self._reader: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            min_size=min(2, size),
            max_size=size,
            timeout=POOL_WAIT_SECONDS,
            max_idle=120,
            reconnect_timeout=RECONNECT_SECONDS,
            open=False,
            check=self._check,
            configure=on_connect,
            kwargs={"autocommit": True, "options": options, "prepare_threshold": 0, "connect_timeout": 5},
        )

    async def open(self) -> None:
        await self._pool.open()
        if self._is_listening:
            self._reader = asyncio.create_task(self._read_unused())

    async def close(self) -> None:
        self._closing.set()
        if self._reader:
            # A read that is canceled would lose the connections that it has taken.
            await asyncio.wait({self._reader}, timeout=LAST_READ_SECONDS)
            self._reader.cancel()
        await self._pool.close()

    async def borrow(self) -> Connection:
        """Raises PoolTimeout after POOL_WAIT_SECONDS. Only the first statement tells that the server is still there."""
        if self._lent >= self._size and (connection := await self._wait()):
            return connection
        self._lent += 1
        self._opening += 1
        try:
            return await self._pool.getconn()
        except BaseException:
            self._lent -= 1
            self._hand_over(None)
            raise
        finally:
            self._opening -= 1

    async def give_back(self, connection: Connection) -> None:
        """Finishes even when its task is canceled."""
        is_idle = connection.pgconn.transaction_status == TransactionStatus.IDLE
        is_simple = is_idle and not self._opening
        if is_simple and self._hand_over(connection):
            return
        self._lent -= 1
        if is_simple:
            # It waits for nothing, so it cannot be canceled; a task would cost more than the return.
            await self._pool.putconn(connection)
            return
        try:
            await uncanceled(self._pool.putconn(connection))
        finally:
            self._hand_over(None)

    def _hand_over(self, connection: Connection | None) -> bool:
        """Whether somebody waited. None sends the next one in line to psycopg's pool, for another connection."""
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(connection)
                return True
        return False

    async def _wait(self) -> Connection | None:
        waiting: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(POOL_WAIT_SECONDS):
                return await waiting
        except BaseException as error:
            if waiting.done() and not waiting.cancelled():
                await self._pass_on(waiting.result())
            if isinstance(error, TimeoutError):
                raise PoolTimeout(f"no connection within {POOL_WAIT_SECONDS} s") from None
            raise

    async def _pass_on(self, connection: Connection | None) -> None:
        """What was handed to a request that is gone."""
        if connection:
            await self.give_back(connection)
        else:
            self._hand_over(None)

    async def _read_unused(self) -> None:
        """Take the notifications from connections that listen and are not used, until the pool is closed.

        PostgreSQL cannot send any more to a connection whose buffers are full: its server process waits, and holds up
        VACUUM and the queue of notifications for everyone.
        """
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(READ_IDLE_SECONDS):
                    await self._closing.wait()
                    return
            await self._pool.check()

    async def replace_all(self) -> None:
        """Close the connections that wait in the pool, and open others: the server may have restarted."""
        await self._pool.drain()

    def stats(self) -> dict[str, int]:
        """What psycopg's pool reports, with the requests that wait here."""
        stats = self._pool.get_stats()
        return {**stats, "requests_waiting": stats["requests_waiting"] + len(self._waiting)}

    async def _check(self, connection: Connection) -> None:
        """Raises when the connection is broken."""
        if not is_open(connection):
            await self.replace_all()
            raise psycopg.OperationalError("the server closed the connection")


def is_open(connection: Connection) -> bool:
    """Whether the server has not closed this idle connection, as far as this machine knows: without a round trip.

    A server that stops sends a message and closes the socket, so there is something to read.
    """
    if connection.closed:
        return False
    readable = select.poll()
    readable.register(connection.pgconn.socket, select.POLLIN)
    while readable.poll(0):
        # Messages of the server are read until there are no more, or its end of the connection is reached.
        try:
            connection.pgconn.consume_input()
        except psycopg.Error:
            return False
    return connection.pgconn.status == ConnStatus.OK


def is_broken(error: BaseException) -> bool:
    """Whether the connection was lost, unlike a statement that the server refused or canceled."""
    return isinstance(error, psycopg.OperationalError) and error.sqlstate in _SHUTDOWN_CODES
