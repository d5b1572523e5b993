"""AttemptLimiter at passwords, codes and addresses, counted one by one in a sliding window, for all replicas together.

Redis counts; while it cannot be asked PostgreSQL does (docs/decisions/0012). Each process counts its own besides, so
that a flood costs neither of them anything. A key is never a credential that was not verified.
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
from coursify.core.database import RETRYABLE, UNAVAILABLE, Database, Lease
from coursify.core.errors import TooManyRequests, Unavailable
from coursify.core.logging import log
from coursify.core.queries import attempts
from coursify.core.ratelimit import Bucket, Rate

REDIS_PAUSE_SECONDS = 1.0
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
class Attempt:
    """An attempt that was counted, so that it can be given back when it turns out to be no guess."""

    id: UUID
    buckets: tuple[Bucket, ...]
    at: float


class AttemptLimiter:
    """Limits attempts, counted one by one; `factor` scales every limit."""

    def __init__(self, client: redis.asyncio.Redis, database: Database, *, factor: float) -> None:
        self._redis = client
        self._take = client.register_script(_TAKE)
        self._database = database
        self._factor = factor
        self._attempts: dict[str, deque[float]] = {}
        self._redis_is_down_until = 0.0

    async def check(self, *buckets: Bucket) -> None:
        """Raise TooManyRequests where a bucket is full; nothing is counted."""
        self._refuse_if_full(buckets)
        _refuse(await self._shared_wait(None, buckets))

    async def take(self, *buckets: Bucket) -> Attempt:
        """Count one attempt in every bucket, or raise TooManyRequests and count none."""
        self._refuse_if_full(buckets)
        attempt = Attempt(uuid4(), buckets, time.monotonic())
        # Counted here before anyone else is asked: a burst must not slip through while we wait for the answer.
        for bucket in buckets:
            self._log_of(bucket).append(attempt.at)
        try:
            _refuse(await self._shared_wait(attempt.id, buckets))
        except BaseException:
            self._forget(attempt)
            raise
        return attempt

    @asynccontextmanager
    async def counted(self, *buckets: Bucket, before: Lease | None = None) -> AsyncIterator[None]:
        """Count an attempt; one whose block ends without raising was no guess, and is given back.

        So is one that nobody had time to look at: whoever is told to come back later has guessed nothing.
        Counting may need a connection, so no transaction may be open around this. One that goes on after the block is
        named by `before`: it begins inside the block, and the attempt is given back when it is over.
        """
        attempt = await self.take(*buckets)
        try:
            yield
        except (TooManyRequests, Unavailable, *UNAVAILABLE, *RETRYABLE):
            await self._give_back_after(before, attempt)
            raise
        await self._give_back_after(before, attempt)

    async def _give_back_after(self, lease: Lease | None, attempt: Attempt) -> None:
        if lease:
            lease.afterwards(lambda: self.give_back(attempt))
        else:
            await self.give_back(attempt)

    async def give_back(self, attempt: Attempt) -> None:
        """The attempt was right, so it was no guess and counts no more; where that cannot be noted it still counts."""
        self._forget(attempt)
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
            log.warning("guess not given back", error=type(error).__name__)

    def _refuse_if_full(self, buckets: tuple[Bucket, ...]) -> None:
        _refuse(max(self._local_wait(bucket) for bucket in buckets))

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

    def _forget(self, attempt: Attempt) -> None:
        for bucket in attempt.buckets:
            with contextlib.suppress(ValueError):
                self._log_of(bucket).remove(attempt.at)

    def _limit(self, rate: Rate) -> int:
        return max(1, round(rate.limit * self._factor))

    async def _shared_wait(self, attempt_id: UUID | None, buckets: tuple[Bucket, ...]) -> float:
        """Seconds until all buckets have room, by what all replicas counted."""
        if self._is_redis_up():
            try:
                return await self._ask_redis(attempt_id, buckets)
            except DOWN:
                self._pause_redis()
        return await self._ask_database(attempt_id, buckets)

    async def _ask_redis(self, attempt_id: UUID | None, buckets: tuple[Bucket, ...]) -> float:
        sizes = [str(size) for b in buckets for size in (self._limit(b.rate), b.rate.seconds * 1000)]
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


def _refuse(wait: float) -> None:
    if wait:
        seconds = max(1, round(wait + 0.5))
        raise TooManyRequests(headers={"Retry-After": str(seconds), "RateLimit": f'"guesses";r=0;t={seconds}'})
