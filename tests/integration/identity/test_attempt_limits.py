"""Rate limits over several replicas, and while Redis is down."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import redis.asyncio
from tests.support.servers import TestRedis, start_test_redis

from coursify.core import ratelimit, retention
from coursify.core.attempts import AttemptLimiter
from coursify.core.cache import make_redis
from coursify.core.database import Database, fetch_values
from coursify.core.errors import TooManyRequests
from coursify.core.ratelimit import Bucket, Rate, RequestCounters
from coursify.core.settings import RedisSettings
from coursify.resources import Resources

pytestmark = pytest.mark.anyio

Replica = Callable[..., AttemptLimiter]
THREE = Rate("three", 3, 60)


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestRedis]:
    started = start_test_redis(tmp_path_factory.mktemp("redis"))
    yield started
    started.stop()


@pytest.fixture
async def client(own_redis: TestRedis) -> AsyncIterator[redis.asyncio.Redis]:
    own_redis.start()
    opened = make_redis(RedisSettings(redis_url=own_redis.url()))
    await opened.flushall()
    yield opened
    await opened.aclose()


@pytest.fixture
def replica(client: redis.asyncio.Redis, database: Database, clean: None) -> Replica:
    """A replica with its own counters."""
    return lambda factor=1.0: AttemptLimiter(client, database, factor=factor)


async def _takes(limiter: AttemptLimiter, *buckets: Bucket, times: int) -> int:
    """The number of attempts that were allowed."""
    through = 0
    for _ in range(times):
        with contextlib.suppress(TooManyRequests):
            await limiter.take(*buckets)
            through += 1
    return through


async def test_replicas_count_guesses_together(replica: Replica) -> None:
    bucket = Bucket(THREE, "ada")
    assert await _takes(replica(), bucket, times=2) + await _takes(replica(), bucket, times=5) == 3


async def test_an_attempt_counts_in_every_bucket_or_in_none(replica: Replica) -> None:
    limiter = replica()
    full, free = Bucket(THREE, "full"), Bucket(THREE, "free")
    await _takes(limiter, full, times=3)
    assert await _takes(replica(), full, free, times=5) == 0
    assert await _takes(limiter, free, times=5) == 3


async def test_a_right_attempt_is_not_counted(replica: Replica) -> None:
    limiter, bucket = replica(), Bucket(THREE, "ada")
    for _ in range(10):
        async with limiter.counted(bucket):
            pass
    assert await _takes(limiter, bucket, times=5) == 3


async def test_an_attempt_that_was_never_verified_is_not_counted(replica: Replica) -> None:
    limiter, bucket = replica(), Bucket(THREE, "ada")
    for _ in range(10):
        with pytest.raises(TooManyRequests):
            async with limiter.counted(bucket):
                raise TooManyRequests
    assert await _takes(limiter, bucket, times=5) == 3


async def test_a_check_counts_nothing(replica: Replica) -> None:
    limiter, bucket = replica(), Bucket(THREE, "ada")
    for _ in range(10):
        await limiter.check(bucket)
    assert await _takes(limiter, bucket, times=5) == 3
    for another in (limiter, replica()):
        with pytest.raises(TooManyRequests):
            await another.check(bucket)


async def test_the_factor_scales_every_limit(replica: Replica) -> None:
    assert await _takes(replica(factor=2), Bucket(THREE, "ada"), times=10) == 6
    assert await _takes(replica(factor=0.01), Bucket(THREE, "eve"), times=10) == 1


async def test_without_redis_replicas_still_count_guesses_together(
    own_redis: TestRedis, replica: Replica, clock_file: Path
) -> None:
    first, second, bucket = replica(), replica(), Bucket(THREE, "ada")
    own_redis.stop()
    assert await _takes(first, bucket, times=2) + await _takes(second, bucket, times=5) == 3
    with pytest.raises(TooManyRequests) as refusal:
        await replica().check(bucket)
    assert 1 <= int(refusal.value.headers["Retry-After"]) <= 61
    for _ in range(10):
        async with second.counted(Bucket(THREE, "eve")):
            pass
    clock_file.write_text("61")
    assert await _takes(replica(), bucket, times=5) == 3


async def test_a_burst_while_redis_is_going_down_gets_no_more_guesses(own_redis: TestRedis, replica: Replica) -> None:
    replicas, bucket = (replica(), replica()), Bucket(THREE, "ada")
    own_redis.stop()
    through = await asyncio.gather(*(_takes(limiter, bucket, times=1) for limiter in replicas * 10))
    assert sum(through) == 3


async def test_a_process_keeps_its_own_counts_when_redis_is_gone(own_redis: TestRedis, replica: Replica) -> None:
    limiter, bucket = replica(), Bucket(THREE, "ada")
    assert await _takes(limiter, bucket, times=1) == 1
    own_redis.stop()
    assert await _takes(limiter, bucket, times=5) == 2


async def test_expired_guesses_are_deleted(
    own_redis: TestRedis, replica: Replica, resources: Resources, clock_file: Path
) -> None:
    own_redis.stop()
    await _takes(replica(), Bucket(THREE, "ada"), times=3)
    clock_file.write_text("61")
    await _takes(replica(), Bucket(THREE, "eve"), times=1)
    await retention.purge_expired(resources)
    async with resources.database.read() as db:
        assert await fetch_values(db, str, "SELECT bucket FROM attempts") == ["rate:three:eve"]


async def test_replicas_share_their_counters(client: redis.asyncio.Redis) -> None:
    first, second = RequestCounters(client, 1), RequestCounters(client, 1)
    bucket = Bucket(Rate("many", 100, 3_600), "ada")
    for _ in range(30):
        first.count(bucket)
        second.count(bucket)
    await first.exchange()
    await second.exchange()
    await first.exchange()
    assert second.count(bucket).remaining == 100 - 61
    first.count(bucket)
    await first.exchange()
    assert first.count(bucket).remaining == 100 - 62


async def test_a_counter_survives_a_pause_and_a_wiped_redis(client: redis.asyncio.Redis) -> None:
    first, second = RequestCounters(client, 1), RequestCounters(client, 1)
    bucket = Bucket(Rate("many", 100, 3_600), "ada")
    first.count(bucket)
    await first.exchange()
    [key] = await client.keys("rate:many:*")
    assert await client.ttl(key) >= 3_600
    second.count(bucket)
    await second.exchange()
    await client.flushall()
    second.count(bucket)
    await second.exchange()
    assert second.count(bucket).remaining == 100 - 3


async def test_a_process_stops_in_the_middle_of_an_exchange(
    client: redis.asyncio.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ratelimit, "EXCHANGE_SECONDS", 0.001)
    async with asyncio.timeout(60):
        for number in range(40):
            counters = RequestCounters(client, 1)
            async with counters.exchanging():
                counters.count(Bucket(Rate("many", 100, 60), "ada"))
                # Each time at another moment of the exchange.
                await asyncio.sleep(number * 0.0004)


async def test_a_counter_reports_the_remaining_requests_and_its_reset(client: redis.asyncio.Redis) -> None:
    counters, bucket = RequestCounters(client, 1), Bucket(Rate("few", 2, 3_600), "ada")
    statuses = [counters.count(bucket) for _ in range(3)]
    assert [standing.remaining for standing in statuses] == [1, 0, 0]
    assert [standing.is_over for standing in statuses] == [False, False, True]
    assert 1 <= statuses[0].reset_seconds <= 3_600
