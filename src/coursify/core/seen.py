"""Whether something was seen before: exactly and by all replicas while Redis is there, else by this process."""

from __future__ import annotations

import secrets
import time

import redis.asyncio

from coursify.core.cache import DOWN

REDIS_PAUSE_SECONDS = 1.0
_MAX_KEYS = 50_000
_VALUE_BYTES = 8


class FirstSeen:
    """Hashes in Redis, and the newest keys of this process: `most` of them, whatever comes."""

    def __init__(self, client: redis.asyncio.Redis, *, most: int = _MAX_KEYS) -> None:
        self._redis = client
        self.most = most
        self._keys: dict[bytes, None] = {}
        self._redis_is_down_until = 0.0

    def __len__(self) -> int:
        return len(self._keys)

    async def is_first(self, group: str, key: bytes, *, seconds: int) -> bool:
        """Whether this key is new; its group is forgotten after `seconds`. A key is of one group only.

        One round trip to Redis, and none for a key that this process remembers. After Redis was wiped or while it is
        down, a key that another replica has seen is new once more.
        """
        if key in self._keys:
            return False
        # Remembered before Redis is asked, so that the same key at the same time is new once.
        self._remember(key)
        if time.monotonic() < self._redis_is_down_until:
            return True
        # The client sends a command again when the reply is late: then the field has this value, and the key was new.
        value = secrets.token_bytes(_VALUE_BYTES)
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.hsetnx(group, key, value)
        pipeline.hget(group, key)
        pipeline.expire(group, seconds)
        try:
            return bool((await pipeline.execute())[1] == value)
        except DOWN:
            self._redis_is_down_until = time.monotonic() + REDIS_PAUSE_SECONDS
            return True

    def _remember(self, key: bytes) -> None:
        if len(self._keys) >= self.most:
            self._keys.pop(next(iter(self._keys)))
        self._keys[key] = None
