"""Public answers in Redis, so that a replica need not read what another one has just read.

One number in Redis is the version of all of them. A replica that hears of a change raises it, and uses Redis again only
when that has succeeded; an answer is stored with the version that was read before its data. So a wiped, slow or absent
Redis costs nothing but speed, and an answer from before a change is not found after it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import orjson
import redis.asyncio

from coursify.core.answers import Answer, PublicAnswers
from coursify.core.background import in_background
from coursify.core.cache import DOWN

VERSION_KEY = "answers:version"
PAUSE_SECONDS = 1.0


class SharedAnswers:
    """`find` and `store` need a version: what `find` read before the data of the answer was read."""

    def __init__(self, client: redis.asyncio.Redis, answers: PublicAnswers) -> None:
        self._redis = client
        self._answers = answers
        self._changed = asyncio.Event()
        self._down_until = 0.0
        answers.on_change = self._changed.set

    async def find(self, key: str) -> tuple[Answer | None, bytes | None]:
        """The answer, and the version under which a new one may be stored; None while Redis must not be used."""
        if self._changed.is_set() or time.monotonic() < self._down_until:
            return None, None
        try:
            found = cast("list[bytes | None]", await self._redis.mget(VERSION_KEY, f"answers:{key}"))
        except DOWN:
            self._down_until = time.monotonic() + PAUSE_SECONDS
            return None, None
        version, stored = found[0] or b"0", found[1]
        return (_read(stored, version) if stored else None), version

    async def store(self, key: str, answer: Answer, version: bytes) -> None:
        if self._changed.is_set():
            return
        head = [version.decode(), answer.tag, answer.max_age, answer.vary, sorted(answer.topics), answer.made_at]
        try:
            await self._redis.set(f"answers:{key}", orjson.dumps(head) + b"\n" + answer.body, ex=answer.max_age)
        except DOWN:
            self._down_until = time.monotonic() + PAUSE_SECONDS

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Raise the version after changes, until the block ends."""
        async with in_background(self._raise_forever()):
            yield

    async def _raise_forever(self) -> None:
        while True:
            await self._changed.wait()
            changes = self._answers.changes
            with contextlib.suppress(*DOWN):
                await self._redis.incr(VERSION_KEY)
                if changes == self._answers.changes:
                    self._changed.clear()
                continue
            await asyncio.sleep(PAUSE_SECONDS)


def _read(stored: bytes, version: bytes) -> Answer | None:
    head, _, body = stored.partition(b"\n")
    written, tag, max_age, vary, topics, made_at = orjson.loads(head)
    if written != version.decode():
        return None
    return Answer(body, tag, max_age, vary, frozenset(topics), made_at)
