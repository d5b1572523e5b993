"""Rate limits over several replicas, and while Redis is down."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest
import redis.asyncio
from tests.support.servers import TestRedis, start_test_redis

from coursify.core.cache import make_redis
from coursify.core.errors import TooManyRequests
from coursify.core.ratelimit import Bucket, Guesses, Rate, Tallies
from coursify.core.settings import RedisSettings

pytestmark = pytest.mark.anyio

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


async def _takes(guesses: Guesses, *buckets: Bucket, times: int) -> int:
    """How many attempts got through."""
    through = 0
    for _ in range(times):
        with contextlib.suppress(TooManyRequests):
            await guesses.take(*buckets)
            through += 1
    return through


async def test_replicas_count_guesses_together(client: redis.asyncio.Redis) -> None:
    first, second = Guesses(client, factor=1), Guesses(client, factor=1)
    bucket = Bucket(THREE, "ada")
    assert await _takes(first, bucket, times=2) + await _takes(second, bucket, times=5) == 3


async def test_all_buckets_have_room_or_none_counts(client: redis.asyncio.Redis) -> None:
    guesses = Guesses(client, factor=1)
    full, free = Bucket(THREE, "full"), Bucket(THREE, "free")
    await _takes(guesses, full, times=3)
    assert await _takes(Guesses(client, factor=1), full, free, times=5) == 0
    assert await _takes(guesses, free, times=5) == 3


async def test_an_attempt_that_was_right_is_given_back(client: redis.asyncio.Redis) -> None:
    guesses, bucket = Guesses(client, factor=1), Bucket(THREE, "ada")
    for _ in range(10):
        async with guesses.counted(bucket):
            pass
    assert await _takes(guesses, bucket, times=5) == 3


async def test_asking_whether_there_is_room_counts_nothing(client: redis.asyncio.Redis) -> None:
    guesses, bucket = Guesses(client, factor=1), Bucket(THREE, "ada")
    for _ in range(10):
        await guesses.check(bucket)
    assert await _takes(guesses, bucket, times=5) == 3
    for replica in (guesses, Guesses(client, factor=1)):
        with pytest.raises(TooManyRequests):
            await replica.check(bucket)


async def test_the_factor_scales_every_limit(client: redis.asyncio.Redis) -> None:
    assert await _takes(Guesses(client, factor=2), Bucket(THREE, "ada"), times=10) == 6
    assert await _takes(Guesses(client, factor=0.01), Bucket(THREE, "eve"), times=10) == 1


async def test_without_redis_the_process_guards_by_itself(own_redis: TestRedis, client: redis.asyncio.Redis) -> None:
    guesses, bucket = Guesses(client, factor=1), Bucket(THREE, "ada")
    assert await _takes(guesses, bucket, times=1) == 1
    own_redis.stop()
    assert await _takes(guesses, bucket, times=5) == 2
    async with guesses.counted(Bucket(THREE, "eve")):
        pass
    own_redis.start()


async def test_tallies_of_all_replicas_come_together(client: redis.asyncio.Redis) -> None:
    first, second = Tallies(client, 1), Tallies(client, 1)
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


async def test_a_tally_says_where_one_stands_and_when_it_is_over(client: redis.asyncio.Redis) -> None:
    tallies, bucket = Tallies(client, 1), Bucket(Rate("few", 2, 3_600), "ada")
    standings = [tallies.count(bucket) for _ in range(3)]
    assert [standing.remaining for standing in standings] == [1, 0, 0]
    assert [standing.is_over for standing in standings] == [False, False, True]
    assert 1 <= standings[0].reset_seconds <= 3_600
