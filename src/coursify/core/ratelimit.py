"""Rate limits, approximate and cheap: how often an operation may be called (guesses.py counts what must be exact).

`Tallies` counts requests in this process and exchanges sums with the other replicas once a second. A key is never a
credential that was not verified.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

import redis.asyncio

from coursify.core.background import in_background
from coursify.core.cache import DOWN

EXCHANGE_SECONDS = 1.0
_MAX_KEYS = 100_000
# A window ends at the same time everywhere, as far as the replicas' clocks agree.
_CLOCKS_DIFFER_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `limit` in any `seconds`."""

    name: str
    limit: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is counted together: a rate, and whom it counts."""

    rate: Rate
    key: str

    @property
    def name(self) -> str:
        return f"rate:{self.rate.name}:{self.key}"


@dataclass(slots=True)
class _Count:
    """One bucket's current window: what this process counted, what of it is told, what all replicas counted."""

    window: int
    seconds: int
    own: int = 0
    told: int = 0
    everyones: int = 0

    @property
    def total(self) -> int:
        return self.everyones + self.own - self.told


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands in a window: what is left, and in how many seconds it begins anew."""

    limit: int
    remaining: int
    reset_seconds: int
    is_over: bool


@dataclass
class Tallies:
    """Counts requests in fixed windows; the sums of all replicas arrive within a second."""

    client: redis.asyncio.Redis
    factor: float
    _counts: dict[str, _Count] = field(default_factory=dict)

    def count(self, bucket: Bucket) -> Standing:
        now = time.time()
        window = int(now // bucket.rate.seconds)
        count = self._counts.get(bucket.name)
        if count is None or count.window != window:
            if len(self._counts) >= _MAX_KEYS:
                self._counts.pop(next(iter(self._counts)))
            count = self._counts[bucket.name] = _Count(window, bucket.rate.seconds)
        count.own += 1
        limit = max(1, round(bucket.rate.limit * self.factor))
        reset = max(1, round((window + 1) * bucket.rate.seconds - now))
        return Standing(limit, max(0, limit - count.total), reset, count.total > limit)

    def exchanging(self) -> AbstractAsyncContextManager[None]:
        """Exchange sums with the other replicas for as long as the application serves."""
        return in_background(self._exchange_for_ever())

    async def _exchange_for_ever(self) -> None:
        while True:
            await asyncio.sleep(EXCHANGE_SECONDS)
            with contextlib.suppress(*DOWN):
                await self.exchange()

    async def exchange(self) -> None:
        """Tell the others what was counted here since the last time, and hear the sum."""
        changed = [(name, count) for name, count in self._counts.items() if count.own > count.told]
        for start in range(0, len(changed), 500):
            await self._exchange(changed[start : start + 500])

    async def _exchange(self, counts: Sequence[tuple[str, _Count]]) -> None:
        pipeline = self.client.pipeline(transaction=False)
        news = [count.own - count.told for _name, count in counts]
        for (name, count), new in zip(counts, news, strict=True):
            pipeline.incrby(f"{name}:{count.window}", new)
            pipeline.expire(f"{name}:{count.window}", count.seconds + _CLOCKS_DIFFER_SECONDS)
            # Told before it is sent: where the answer gets lost nobody is counted twice.
            count.told += new
            count.everyones += new
        sums = (await pipeline.execute())[::2]
        for (_name, count), total in zip(counts, sums, strict=True):
            # Where Redis was wiped meanwhile it knows less than this process has told it.
            count.everyones = max(int(total), count.told)
