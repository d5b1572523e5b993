"""Logs a statement that took long, with its plan and the request id; no value of it is read or logged.

The plan is the generic one (EXPLAIN (GENERIC_PLAN)), asked on a connection of its own after the statement has ended:
at most once a minute for each statement, and one at a time.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from coursify.core.logging import log
from coursify.core.metrics import SLOW_STATEMENTS

AGAIN_SECONDS = 60.0
_EXPLAIN_MS = 2_000
_MOST_REMEMBERED = 500
_PARAMETER = re.compile(r"%\((\w+)\)s")


class _Reporter:
    def __init__(self, url: str, seconds: float) -> None:
        self.limit = seconds
        self._url = url
        self._reported: dict[str, float] = {}
        self._task: asyncio.Task[None] | None = None

    def report(self, sql: str, seconds: float) -> None:
        SLOW_STATEMENTS.inc()
        now = time.monotonic()
        is_busy = self._task is not None and not self._task.done()
        if is_busy or now - self._reported.get(sql, float("-inf")) < AGAIN_SECONDS:
            return
        if len(self._reported) >= _MOST_REMEMBERED:
            self._reported.clear()
        self._reported[sql] = now
        self._task = asyncio.create_task(self._explain(sql, seconds))

    async def _explain(self, sql: str, seconds: float) -> None:
        plan: str | None = None
        try:
            async with await psycopg.AsyncConnection.connect(
                self._url, autocommit=True, connect_timeout=5, options=f"-c statement_timeout={_EXPLAIN_MS}"
            ) as connection:
                cursor = await connection.execute(b"EXPLAIN (GENERIC_PLAN) " + number_parameters(sql).encode())
                plan = "\n".join(row[0] for row in await cursor.fetchall())
        except psycopg.Error as error:
            log.info("no plan", error=type(error).__name__)
        log.warning("slow statement", ms=round(seconds * 1000), statement=" ".join(sql.split()), plan=plan)

    async def close(self) -> None:
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=_EXPLAIN_MS / 1000)


_reporter: _Reporter | None = None


def notice(sql: str, seconds: float) -> None:
    """Called after each statement."""
    if _reporter is not None and seconds > _reporter.limit:
        _reporter.report(sql, seconds)


@asynccontextmanager
async def reporting_slow_statements(url: str, *, slow_ms: int) -> AsyncIterator[None]:
    """Report slow statements of this process until the block ends; 0 ms reports none."""
    global _reporter  # one for each process, like its log
    if not slow_ms:
        yield
        return
    before, _reporter = _reporter, _Reporter(url, slow_ms / 1000)
    try:
        yield
    finally:
        current, _reporter = _reporter, before
        await current.close()


def number_parameters(sql: str) -> str:
    """`%(name)s` as `$1`, which EXPLAIN takes without a value."""
    numbers: dict[str, int] = {}
    numbered = _PARAMETER.sub(lambda found: f"${numbers.setdefault(found[1], len(numbers) + 1)}", sql)
    return numbered.replace("%%", "%")
