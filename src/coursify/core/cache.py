"""Redis: speed, never truth. It may be slow, wiped or gone at any moment; whoever uses it goes on without it."""

from __future__ import annotations

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from coursify.core.settings import RedisSettings

TIMEOUT_SECONDS = 0.25
CONNECTIONS = 20

# What it means that Redis cannot be asked now.
DOWN = (redis.exceptions.RedisError, OSError, TimeoutError)


def make_redis(settings: RedisSettings) -> redis.asyncio.Redis:
    """A client whose pool waits instead of raising when it is busy, and that never keeps a request long."""
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        settings.redis_url.get_secret_value(),
        max_connections=CONNECTIONS,
        timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )
    return redis.asyncio.Redis.from_pool(pool)
