"""Approximate, cheap rate limits of operations (attempts.py has the exact ones).

`RequestCounters` counts requests in this process and exchanges sums with the other replicas once a second. A key is
never an unverified credential.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import NamedTuple

import redis.asyncio

from coursify.core.background import in_background
from coursify.core.cache import DOWN
from coursify.core.errors import TooManyRequests

EXCHANGE_SECONDS = 1.0
_MAX_KEYS = 100_000
# All replicas use the same windows, and their clocks differ by at most this.
_CLOCKS_DIFFER_SECONDS = 60

# Adds to many sums at once; each ends by itself. Returns the sums.
_ADD = """
local sums = {}
for place, key in ipairs(KEYS) do
    sums[place] = redis.call('INCRBY', key, ARGV[place])
    redis.call('EXPIRE', key, ARGV[#KEYS + place])
end
return sums
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `limit` in any `seconds`."""

    name: str
    limit: int
    seconds: int


class Bucket(NamedTuple):
    """A rate and the key that it is counted for: an account, an address."""

    rate: Rate
    key: str

    @property
    def name(self) -> str:
        return f"rate:{self.rate.name}:{self.key}"


@dataclass(slots=True)
class _Count:
    """The current window of a bucket and its limit: counted by this process, sent to Redis, counted by all replicas."""

    window: int
    seconds: int
    limit: int
    local: int = 0
    sent: int = 0
    shared: int = 0

    @property
    def total(self) -> int:
        return self.shared + self.local - self.sent


class LimitStatus(NamedTuple):
    """The remaining requests of the current window, and the seconds until the next window."""

    limit: int
    remaining: int
    reset_seconds: int
    is_over: bool


def reject_if_over(status: LimitStatus) -> None:
    """Raises TooManyRequests until the next window."""
    if status.is_over:
        raise TooManyRequests(headers={"Retry-After": str(status.reset_seconds)})


@dataclass
class RequestCounters:
    """Counts requests in fixed windows; `factor` scales every limit."""

    client: redis.asyncio.Redis
    factor: float
    _counts: dict[str, _Count] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._add = self.client.register_script(_ADD)

    def count(self, bucket: Bucket) -> LimitStatus:
        now, name = time.time(), bucket.name
        window = int(now // bucket.rate.seconds)
        count = self._counts.get(name)
        if count is None or count.window != window:
            if len(self._counts) >= _MAX_KEYS:
                self._counts.pop(next(iter(self._counts)))
            count = self._counts[name] = _Count(window, bucket.rate.seconds, self._limit_of(bucket.rate))
        count.local += 1
        total = count.total
        reset = max(1, round((window + 1) * count.seconds - now))
        return LimitStatus(count.limit, max(0, count.limit - total), reset, total > count.limit)

    def peek(self, bucket: Bucket) -> LimitStatus:
        """The same without counting. It is over when the next request would be."""
        now = time.time()
        window = int(now // bucket.rate.seconds)
        count = self._counts.get(bucket.name)
        total = count.total if count and count.window == window else 0
        limit = self._limit_of(bucket.rate)
        reset = max(1, round((window + 1) * bucket.rate.seconds - now))
        return LimitStatus(limit, max(0, limit - total), reset, total >= limit)

    def _limit_of(self, rate: Rate) -> int:
        return max(1, round(rate.limit * self.factor))

    def exchanging(self) -> AbstractAsyncContextManager[None]:
        """Exchange sums with the other replicas until the block ends."""
        return in_background(self._exchange_forever())

    async def _exchange_forever(self) -> None:
        while True:
            await asyncio.sleep(EXCHANGE_SECONDS)
            with contextlib.suppress(*DOWN):
                await self.exchange()

    async def exchange(self) -> None:
        """Send what this process has counted since the last exchange, and fetch the sums of all replicas."""
        changed = [(name, count) for name, count in self._counts.items() if count.local > count.sent]
        for start in range(0, len(changed), 500):
            await self._exchange(changed[start : start + 500])

    async def _exchange(self, counts: Sequence[tuple[str, _Count]]) -> None:
        names = [f"{name}:{count.window}" for name, count in counts]
        unsent = [count.local - count.sent for _name, count in counts]
        kept = [count.seconds + _CLOCKS_DIFFER_SECONDS for _name, count in counts]
        for (_name, count), new in zip(counts, unsent, strict=True):
            # Updated before the request: if its response is lost, nothing is counted twice.
            count.sent += new
            count.shared += new
        sums = await self._add(names, [*unsent, *kept])
        for (_name, count), total in zip(counts, sums, strict=True):
            # After Redis was wiped, its sum is lower than what this process has sent.
            count.shared = max(int(total), count.sent)
