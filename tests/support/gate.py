"""Stops transactions at a statement, so that a race test reaches the critical point every time.

    async with gate.pause("UPDATE orders SET status") as paused:
        first = asyncio.create_task(...)
        await paused.reached()
        ...                      # the other side acts while the first one waits before its UPDATE
        paused.release()
        await first

The text is a part of the statement, without regard to whitespace; "COMMIT" and "ROLLBACK" are statements too.
Statements that other libraries send (such as those of a worker of the queue) are not stopped.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from coursify.core import database

# Longer than any way to a statement takes, shorter than a transaction may idle.
REACHED_WITHIN = 5.0


@dataclass
class Pause:
    """Counts the statements with this text and stops them until `release`."""

    text: str
    nth: int | None
    where: Callable[[dict[str, Any]], bool]
    hits: int = 0
    waiting: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    async def reached(self, count: int = 1) -> None:
        """Wait until `count` transactions wait at the statement."""
        try:
            async with asyncio.timeout(REACHED_WITHIN), self._changed:
                await self._changed.wait_for(lambda: self.waiting >= count)
        except TimeoutError:
            raise AssertionError(f"{self.waiting} of {count} came to {self.text!r}; {self.hits} hits") from None

    def release(self) -> None:
        """Lets every transaction continue, waiting and later ones."""
        self._open.set()

    async def pass_by(self, sql: str, parameters: dict[str, Any]) -> None:
        if self.text not in _normal(sql) or not self.where(parameters):
            return
        self.hits += 1
        if self._open.is_set() or self.nth not in {None, self.hits}:
            return
        async with self._changed:
            self.waiting += 1
            self._changed.notify_all()
        try:
            await self._open.wait()
        finally:
            self.waiting -= 1


_pauses: list[Pause] = []


@asynccontextmanager
async def pause(
    text: str, *, nth: int | None = None, where: Callable[[dict[str, Any]], bool] = lambda _parameters: True
) -> AsyncIterator[Pause]:
    """Stops every transaction before its statement with this text, or only the `nth` hit; `where` tests its parameters.

    When the block ends all of them continue.
    """
    paused = Pause(_normal(text), nth, where)
    _pauses.append(paused)
    database.before_statement = _pass_all
    try:
        yield paused
    finally:
        paused.release()
        _pauses.remove(paused)
        if not _pauses:
            database.before_statement = None


async def _pass_all(sql: str, parameters: Any) -> None:
    for paused in _pauses.copy():
        await paused.pass_by(sql, dict(parameters))


def _normal(sql: str) -> str:
    return " ".join(sql.split())
