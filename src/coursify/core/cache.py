"""Redis: for speed only. It may be slow, empty or unavailable at any time; its users then work without it."""

from __future__ import annotations

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from coursify.core.settings import RedisSettings

TIMEOUT_SECONDS = 0.25
CONNECTIONS = 20

# The errors that mean that Redis is unavailable.
DOWN = (redis.exceptions.RedisError, OSError, TimeoutError)


def make_redis(settings: RedisSettings) -> redis.asyncio.Redis:
    """A client whose pool waits when it is busy, with short timeouts."""
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        settings.redis_url.get_secret_value(),
        max_connections=CONNECTIONS,
        timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )
    return redis.asyncio.Redis.from_pool(pool)


def explain_redis(error: BaseException) -> str:
    """One sentence that says what to do. Passwords are never quoted."""
    if isinstance(error, redis.exceptions.AuthenticationError | redis.exceptions.NoPermissionError):
        return "Redis cannot be used: it refuses the user or the password; correct REDIS_URL."
    if isinstance(error, redis.exceptions.BusyLoadingError):
        return "Redis cannot be used: it is still loading its data; try again in a moment."
    if isinstance(error, redis.exceptions.ResponseError):
        return f"Redis cannot be used: it answers {str(error)[:100]!r}; check REDIS_URL."
    return "Redis cannot be used: nothing answers at its address; start it, or correct host and port in REDIS_URL."
