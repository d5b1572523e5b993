"""PostgreSQL: two pools, short transactions, typed rows. Only this file sends BEGIN and COMMIT.

A transaction has one time, `now`, from the clock of the database; services get it as an argument. Commit, rollback and
the return of a connection finish even when the request is canceled.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import psycopg
from psycopg.rows import class_row, dict_row, scalar_row

from coursify.core.cancellation import uncanceled
from coursify.core.clock import Clock, ServerTime
from coursify.core.counted import BORROWED, count_statement
from coursify.core.errors import Unavailable
from coursify.core.pools import UNAVAILABLE, BrokenAtBegin, CommitRefused, OnConnect, Pool, is_broken
from coursify.core.settings import DatabaseSettings
from coursify.core.slow_statements import notice

Connection = psycopg.AsyncConnection[Any]
Row = TypeVar("Row")
Params = Mapping[str, Any]
Records = list[dict[str, Any]]

BEGIN = "BEGIN; SELECT now()"
# A crash of PostgreSQL may lose such a transaction, but only with everything that was committed after it.
NOT_AWAITED = "SET LOCAL synchronous_commit = off"
LOCK_TIMEOUT_MS = 2_000
IDLE_IN_TRANSACTION_MS = 10_000

# The transaction can be run again: serialization failure and deadlock.
RETRYABLE = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)


class Transaction(NamedTuple):
    """A connection inside a transaction, and the time of that transaction (UTC)."""

    db: Connection
    now: datetime


# Awaited before every statement and COMMIT: a test sets it to pause a transaction there (tests/support/gate.py).
before_statement: Callable[[str, Params], Awaitable[None]] | None = None


class Database:
    """The pools of one process: `transaction()` to change anything, `statement()` to do it in one go, `read()`."""

    def __init__(self, settings: DatabaseSettings, clock: Clock, on_connect: OnConnect | None = None) -> None:
        self.url = settings.database_url.get_secret_value()
        self.time = ServerTime()
        self._clock = clock
        timeouts = (
            f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={settings.database_statement_timeout_ms} "
            f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS} -c timezone=UTC"
        )
        self._pool = Pool(self.url, settings.database_pool_size, timeouts, on_connect)
        # A bound LIMIT makes PostgreSQL plan each call again; reads keep one generic plan (docs/decisions/0003).
        self._read_pool = Pool(
            self.url, settings.database_read_pool_size, timeouts + " -c plan_cache_mode=force_generic_plan"
        )

    async def open(self) -> None:
        await asyncio.gather(self._pool.open(), self._read_pool.open())

    async def close(self) -> None:
        await uncanceled(asyncio.gather(self._pool.close(), self._read_pool.close()))

    @asynccontextmanager
    async def transaction(self, *, is_awaited: bool = True) -> AsyncIterator[Transaction]:
        """Commits when the block ends, rolls back when it raises. `is_awaited`: COMMIT waits for the disk."""
        async with LazyTransaction(self, is_awaited=is_awaited).stage() as transaction:
            yield transaction

    def read(self) -> AbstractAsyncContextManager[Connection]:
        """A connection for statements without a transaction; each has its own snapshot."""
        return self._lend(self._read_pool)

    def statement(self) -> AbstractAsyncContextManager[Connection]:
        """A connection for one statement that changes something: it commits itself, without round trips around it."""
        return self._lend(self._pool)

    @asynccontextmanager
    async def _lend(self, pool: Pool) -> AsyncIterator[Connection]:
        connection = await self.borrow(pool)
        try:
            yield connection
        finally:
            await self.give_back(connection, pool)

    def pool_stats(self) -> dict[str, dict[str, int]]:
        """What psycopg's pools report, by pool."""
        return {"transaction": self._pool.stats(), "read": self._read_pool.stats()}

    async def now(self) -> datetime:
        """The database's time, outside any transaction; it is asked for only when it was not told a moment ago."""
        now = self.time.estimate()
        if now is None:
            async with self.read() as db:
                now = self.time.learn(await fetch_value(db, datetime, "SELECT now()"))
        return now + self.offset()

    def offset(self) -> timedelta:
        return timedelta(seconds=self._clock.offset_seconds())

    async def borrow(self, pool: Pool | None = None) -> Connection:
        try:
            connection = await (pool or self._pool).borrow()
        except UNAVAILABLE as error:
            raise Unavailable from error
        if borrowed := BORROWED.get():
            borrowed.now += 1
            borrowed.most = max(borrowed.most, borrowed.now)
        return connection

    async def give_back(self, connection: Connection, pool: Pool | None = None) -> None:
        if borrowed := BORROWED.get():
            borrowed.now -= 1
        await (pool or self._pool).give_back(connection)

    async def replace_connections(self) -> None:
        """After one of them was found broken: those that wait in the pools may be broken as well."""
        await self._pool.replace_all()
        await self._read_pool.replace_all()


@asynccontextmanager
async def open_database(
    settings: DatabaseSettings, clock: Clock, *, on_connect: OnConnect | None = None
) -> AsyncIterator[Database]:
    """`on_connect` prepares each new connection for transactions."""
    database = Database(settings, clock, on_connect)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


class LazyTransaction:
    """A transaction that begins at its first use: a request that needs no connection takes none."""

    def __init__(self, database: Database, *, is_awaited: bool = True) -> None:
        self._database = database
        self._begin_sql = BEGIN if is_awaited else f"{BEGIN}; {NOT_AWAITED}"
        self._transaction: Transaction | None = None
        self.stays_open = False
        self._after_end: list[Callable[[], Awaitable[None]]] = []

    async def begin(self) -> Transaction:
        if self._transaction is None:
            try:
                self._transaction = await self._begin()
            except BrokenAtBegin:
                # Nothing was sent but BEGIN, so it is safe to begin again.
                await self._database.replace_connections()
                self._transaction = await self._begin()
        return self._transaction

    async def _begin(self) -> Transaction:
        connection = await self._database.borrow()
        try:
            cursor = await connection.execute(self._begin_sql, prepare=False)
            cursor.nextset()
            [(now,)] = await cursor.fetchall()
        except BaseException as error:
            await self._database.give_back(connection)
            if is_broken(error):
                raise BrokenAtBegin from error
            raise
        return Transaction(connection, self._database.time.learn(now) + self._database.offset())

    def after_end(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` after the commit or rollback, when the connection is back in its pool."""
        self._after_end.append(work)

    @property
    def is_begun(self) -> bool:
        return self._transaction is not None

    @asynccontextmanager
    async def stage(self) -> AsyncIterator[Transaction]:
        """Commits when the block ends, unless it set `stays_open`; rolls back when it raises."""
        try:
            yield await self.begin()
        except BaseException:
            await self.rollback()
            raise
        if not self.stays_open:
            await self.commit()

    async def commit(self) -> None:
        """Raises CommitRefused when PostgreSQL rolls back instead."""
        await self._end("COMMIT")

    async def rollback(self) -> None:
        await self._end("ROLLBACK")

    async def _end(self, how: str) -> None:
        try:
            if self._transaction is not None:
                connection, self._transaction = self._transaction.db, None
                await self._end_transaction(connection, how)
        finally:
            after_end, self._after_end = self._after_end, []
            for work in after_end:
                await work()

    async def _end_transaction(self, connection: Connection, how: str) -> None:
        try:
            if before_statement is not None:
                await before_statement(how, {})
            if how == "COMMIT":
                cursor = await uncanceled(connection.execute("COMMIT", prepare=False))
                if cursor.statusmessage != "COMMIT":
                    raise CommitRefused("the transaction was rolled back at COMMIT")
            elif not connection.closed:
                await uncanceled(connection.execute("ROLLBACK", prepare=False))
        except psycopg.OperationalError:
            if how == "COMMIT":
                raise
        finally:
            await self._database.give_back(connection)


async def fetch_all(db: Connection, row: type[Row], sql: str, /, **params: Any) -> list[Row]:
    """Every row, as the dataclass `row`."""
    async with db.cursor(row_factory=class_row(row)) as cursor:
        await _run(cursor, sql, params)
        return await cursor.fetchall()


async def fetch_optional(db: Connection, row: type[Row], sql: str, /, **params: Any) -> Row | None:
    """The first row as the dataclass `row`, or None."""
    async with db.cursor(row_factory=class_row(row)) as cursor:
        await _run(cursor, sql, params)
        return await cursor.fetchone()


async def fetch_one(db: Connection, row: type[Row], sql: str, /, **params: Any) -> Row:
    """The first row as the dataclass `row`. Raises LookupError when there is none."""
    found = await fetch_optional(db, row, sql, **params)
    if found is None:
        raise LookupError("the statement returned no row")
    return found


async def fetch_values(db: Connection, kind: type[Row], sql: str, /, **params: Any) -> list[Row]:
    """The first column of every row; `kind` names its type."""
    async with db.cursor(row_factory=scalar_row) as cursor:
        await _run(cursor, sql, params)
        return await cursor.fetchall()


async def find_value(db: Connection, kind: type[Row], sql: str, /, **params: Any) -> Row | None:
    """The first column of the first row, or None when there is no row."""
    return next(iter(await fetch_values(db, kind, sql, **params)), None)


async def fetch_value(db: Connection, kind: type[Row], sql: str, /, **params: Any) -> Row:
    """The first column of the first row. Raises LookupError when there is none."""
    values = await fetch_values(db, kind, sql, **params)
    if not values:
        raise LookupError("the statement returned no row")
    return values[0]


async def fetch_records(db: Connection, sql: str, /, **params: Any) -> Records:
    """Every row as a mapping, for reports whose columns are not fixed."""
    async with db.cursor(row_factory=dict_row) as cursor:
        await _run(cursor, sql, params)
        return await cursor.fetchall()


async def execute(db: Connection, sql: str, /, **params: Any) -> int:
    """Run a statement. Returns the number of its rows."""
    async with db.cursor() as cursor:
        await _run(cursor, sql, params)
        return cursor.rowcount


async def _run(cursor: psycopg.AsyncCursor[Any], sql: str, params: Params) -> None:
    if before_statement is not None:
        await before_statement(sql, params)
    started = time.perf_counter()
    try:
        await cursor.execute(sql, params)
    finally:
        seconds = time.perf_counter() - started
        count_statement(sql, seconds)
        notice(sql, seconds)
