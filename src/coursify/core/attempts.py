"""Limits attempts at passwords, codes and addresses: counted one by one, in a sliding window, across all replicas.

Redis counts; PostgreSQL counts while Redis is unavailable (docs/decisions/0012). Each process also counts its own
attempts, so that a flood reaches neither of them. A key is never an unverified credential.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import redis.asyncio

from coursify.core.cache import DOWN
from coursify.core.database import RETRYABLE, Database, LazyTransaction
from coursify.core.errors import TooManyRequests, Unavailable
from coursify.core.logging import log
from coursify.core.pools import UNAVAILABLE
from coursify.core.queries import attempts
from coursify.core.ratelimit import Bucket, Rate

REDIS_PAUSE_SECONDS = 1.0
_MAX_KEYS = 100_000

# Counts the attempt in all buckets, or in none when one is full. Returns the wait in milliseconds, or 0.
# Without an attempt id nothing is counted.
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
class Attempt:
    """A counted attempt, which can be uncounted when it succeeds."""

    id: UUID
    buckets: tuple[Bucket, ...]
    at: float


class AttemptLimiter:
    """`factor` scales every limit."""

    def __init__(self, client: redis.asyncio.Redis, database: Database, *, factor: float) -> None:
        self._redis = client
        self._take = client.register_script(_TAKE)
        self._database = database
        self._factor = factor
        self._times: dict[str, deque[float]] = {}
        self._redis_is_down_until = 0.0

    async def check(self, *buckets: Bucket) -> None:
        """Raise TooManyRequests when a bucket is full; count nothing."""
        self._reject_if_full_locally(buckets)
        _reject(await self._shared_wait(None, buckets))

    async def take(self, *buckets: Bucket) -> Attempt:
        """Count one attempt in every bucket, or raise TooManyRequests and count it in none."""
        self._reject_if_full_locally(buckets)
        attempt = Attempt(uuid4(), buckets, time.monotonic())
        # Counted in this process first, so that a burst is limited while Redis or PostgreSQL is asked.
        for bucket in buckets:
            self._times_of(bucket).append(attempt.at)
        try:
            _reject(await self._shared_wait(attempt.id, buckets))
        except BaseException:
            self._uncount_locally(attempt)
            raise
        return attempt

    @asynccontextmanager
    async def counted(self, *buckets: Bucket, before: LazyTransaction | None = None) -> AsyncIterator[None]:
        """Count an attempt, and uncount it when the block succeeds or fails because the service is busy.

        Counting may need a connection, so no transaction may be open around this block. `before` is a transaction that
        begins inside the block and ends after it: then the attempt is uncounted when that transaction has ended.
        """
        attempt = await self.take(*buckets)
        try:
            yield
        except (TooManyRequests, Unavailable, *UNAVAILABLE, *RETRYABLE):
            await self._uncount_after(before, attempt)
            raise
        await self._uncount_after(before, attempt)

    async def _uncount_after(self, transaction: LazyTransaction | None, attempt: Attempt) -> None:
        if transaction:
            transaction.after_end(lambda: self.uncount(attempt))
        else:
            await self.uncount(attempt)

    async def uncount(self, attempt: Attempt) -> None:
        """Remove a counted attempt from its buckets. When that fails, the attempt still counts."""
        self._uncount_locally(attempt)
        names = [bucket.name for bucket in attempt.buckets]
        if self._is_redis_up():
            try:
                pipeline = self._redis.pipeline(transaction=False)
                for name in names:
                    pipeline.zrem(name, attempt.id.hex)
                if any(await pipeline.execute()):
                    return
            except DOWN:
                self._pause_redis()
        try:
            async with self._database.transaction() as (db, _now):
                await attempts.uncount_attempt(db, buckets=names, attempt_id=attempt.id)
        except (Unavailable, *UNAVAILABLE) as error:
            log.warning("attempt not uncounted", error=type(error).__name__)

    def _reject_if_full_locally(self, buckets: tuple[Bucket, ...]) -> None:
        _reject(max(self._local_wait(bucket) for bucket in buckets))

    def _local_wait(self, bucket: Bucket) -> float:
        times, now = self._times_of(bucket), time.monotonic()
        while times and times[0] <= now - bucket.rate.seconds:
            times.popleft()
        return times[0] + bucket.rate.seconds - now if len(times) >= self._limit(bucket.rate) else 0.0

    def _times_of(self, bucket: Bucket) -> deque[float]:
        times = self._times.get(bucket.name)
        if times is None:
            if len(self._times) >= _MAX_KEYS:
                self._times.pop(next(iter(self._times)))
            times = self._times[bucket.name] = deque()
        return times

    def _uncount_locally(self, attempt: Attempt) -> None:
        for bucket in attempt.buckets:
            with contextlib.suppress(ValueError):
                self._times_of(bucket).remove(attempt.at)

    def _limit(self, rate: Rate) -> int:
        return max(1, round(rate.limit * self._factor))

    async def _shared_wait(self, attempt_id: UUID | None, buckets: tuple[Bucket, ...]) -> float:
        """Seconds until all buckets have room, by the count of all replicas."""
        if self._is_redis_up():
            try:
                return await self._ask_redis(attempt_id, buckets)
            except DOWN:
                self._pause_redis()
        return await self._ask_database(attempt_id, buckets)

    async def _ask_redis(self, attempt_id: UUID | None, buckets: tuple[Bucket, ...]) -> float:
        sizes = [str(size) for bucket in buckets for size in (self._limit(bucket.rate), bucket.rate.seconds * 1000)]
        member = attempt_id.hex if attempt_id else ""
        wait = await self._take(keys=[bucket.name for bucket in buckets], args=[member, *sizes])
        return float(wait) / 1000

    async def _ask_database(self, attempt_id: UUID | None, buckets: tuple[Bucket, ...]) -> float:
        names = [bucket.name for bucket in buckets]
        async with self._database.transaction() as (db, now):
            await attempts.lock_buckets(db, names)
            return await attempts.count_attempt(
                db,
                buckets=names,
                limits=[self._limit(bucket.rate) for bucket in buckets],
                seconds=[bucket.rate.seconds for bucket in buckets],
                attempt_id=attempt_id,
                now=now,
            )

    def _is_redis_up(self) -> bool:
        return time.monotonic() >= self._redis_is_down_until

    def _pause_redis(self) -> None:
        self._redis_is_down_until = time.monotonic() + REDIS_PAUSE_SECONDS


def _reject(wait: float) -> None:
    if wait:
        seconds = max(1, round(wait + 0.5))
        raise TooManyRequests(headers={"Retry-After": str(seconds), "RateLimit": f'"attempts";r=0;t={seconds}'})
