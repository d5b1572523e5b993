"""Rate limits: precise where someone guesses, approximate and cheap for everything else.

`Guesses` counts single attempts in a sliding window, in Redis for all replicas, and in this process as well: while
Redis is down the process goes on guarding by itself. `Tallies` counts requests in this process and exchanges sums
with the other replicas once a second. A key is never a credential that was not verified.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import redis.asyncio

from coursify.core.cache import DOWN
from coursify.core.errors import TooManyRequests

REDIS_PAUSE_SECONDS = 1.0
EXCHANGE_SECONDS = 1.0
_MAX_KEYS = 100_000

# All buckets have room and count the attempt, or none does: then the answer is the wait in milliseconds.
# An attempt without a name is only asked about.
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local wait = 0
for i, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  if redis.call('ZCARD', key) >= limit then
    local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    wait = math.max(wait, tonumber(oldest[2]) + window - now, 1)
  end
end
if wait == 0 and ARGV[1] ~= '' then
  for i, key in ipairs(KEYS) do
    redis.call('ZADD', key, now, ARGV[1])
    redis.call('PEXPIRE', key, ARGV[2 * i + 1])
  end
end
return wait
"""


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


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted, so that it can be given back when it turns out to be no guess."""

    member: str
    buckets: tuple[Bucket, ...]
    at: float


class Guesses:
    """Counts attempts one by one; `factor` scales every limit."""

    def __init__(self, client: redis.asyncio.Redis, *, factor: float) -> None:
        self._redis = client
        self._take = client.register_script(_TAKE)
        self._factor = factor
        self._attempts: dict[str, deque[float]] = {}
        self._redis_is_down_until = 0.0

    async def check(self, *buckets: Bucket) -> None:
        """Raise TooManyRequests where a bucket is full; nothing is counted."""
        await self._admit(Attempt("", buckets, time.monotonic()))

    async def take(self, *buckets: Bucket) -> Attempt:
        """Count one attempt in every bucket, or raise TooManyRequests and count none."""
        attempt = Attempt(uuid4().hex, buckets, time.monotonic())
        await self._admit(attempt)
        for bucket in buckets:
            self._log_of(bucket).append(attempt.at)
        return attempt

    @asynccontextmanager
    async def counted(self, *buckets: Bucket) -> AsyncIterator[None]:
        """Count an attempt; one whose block ends without raising was no guess, and is given back."""
        attempt = await self.take(*buckets)
        yield
        await self.give_back(attempt)

    async def give_back(self, attempt: Attempt) -> None:
        """The attempt was right, so it was no guess and counts no more."""
        for bucket in attempt.buckets:
            with contextlib.suppress(ValueError):
                self._log_of(bucket).remove(attempt.at)
        if time.monotonic() < self._redis_is_down_until:
            return
        try:
            pipeline = self._redis.pipeline(transaction=False)
            for bucket in attempt.buckets:
                pipeline.zrem(bucket.name, attempt.member)
            await pipeline.execute()
        except DOWN:
            self._redis_is_down_until = time.monotonic() + REDIS_PAUSE_SECONDS

    async def _admit(self, attempt: Attempt) -> None:
        wait = max(self._local_wait(bucket) for bucket in attempt.buckets) or await self._shared_wait(attempt)
        if wait:
            raise TooManyRequests(headers={"Retry-After": str(max(1, round(wait + 0.5)))})

    def _limit(self, rate: Rate) -> int:
        return max(1, round(rate.limit * self._factor))

    def _local_wait(self, bucket: Bucket) -> float:
        log, now = self._log_of(bucket), time.monotonic()
        while log and log[0] <= now - bucket.rate.seconds:
            log.popleft()
        return log[0] + bucket.rate.seconds - now if len(log) >= self._limit(bucket.rate) else 0.0

    def _log_of(self, bucket: Bucket) -> deque[float]:
        log = self._attempts.get(bucket.name)
        if log is None:
            if len(self._attempts) >= _MAX_KEYS:
                self._attempts.pop(next(iter(self._attempts)))
            log = self._attempts[bucket.name] = deque()
        return log

    async def _shared_wait(self, attempt: Attempt) -> float:
        if time.monotonic() < self._redis_is_down_until:
            return 0.0
        sizes = [str(size) for b in attempt.buckets for size in (self._limit(b.rate), b.rate.seconds * 1000)]
        try:
            wait = await self._take(keys=[b.name for b in attempt.buckets], args=[attempt.member, *sizes])
        except DOWN:
            self._redis_is_down_until = time.monotonic() + REDIS_PAUSE_SECONDS
            return 0.0
        return float(wait) / 1000


@dataclass(slots=True)
class _Count:
    """One bucket's current window: what this process counted, what of it is told, what all replicas counted."""

    window: int
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
            count = self._counts[bucket.name] = _Count(window)
        count.own += 1
        limit = max(1, round(bucket.rate.limit * self.factor))
        reset = max(1, round((window + 1) * bucket.rate.seconds - now))
        return Standing(limit, max(0, limit - count.total), reset, count.total > limit)

    @asynccontextmanager
    async def exchanging(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._exchange_for_ever())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

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
            pipeline.expire(f"{name}:{count.window}", 120)
        sums = (await pipeline.execute())[::2]
        for (_name, count), new, total in zip(counts, news, sums, strict=True):
            count.told += new
            count.everyones = int(total)
