"""Slots: how many sessions of an account play at once. Redis counts; PostgreSQL counts while Redis is unavailable.

A slot is a lease: each key and range renews it, and 90 s after the last one it is free. A session takes its slot at
its next key, so a pause of an hour ends nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import redis.asyncio

from coursify.core.cache import DOWN
from coursify.core.clock import Clock
from coursify.core.database import Database
from coursify.core.logging import log
from coursify.modules.media.store import MediaResources
from coursify.modules.playback.models import SLOT_LIFETIME, PlaybackSession
from coursify.modules.playback.queries import playback_sessions
from coursify.modules.playback.ready_folders import ReadyFolders
from coursify.modules.playback.tokens import PlaybackTokens

REDIS_PAUSE_SECONDS = 1.0

# Takes or renews the slot of a session and returns nothing, or returns the sessions that have all slots.
# ARGV: session, slots, milliseconds of a lease, milliseconds that the clock of a sandbox is ahead.
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000) + tonumber(ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZSCORE', KEYS[1], ARGV[1]) or redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[2]) then
  redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {}
end
return redis.call('ZRANGE', KEYS[1], 0, -1)
"""


class Slots:
    """`limit` sessions of an account play at once."""

    def __init__(self, client: redis.asyncio.Redis, database: Database, clock: Clock, *, limit: int) -> None:
        self._redis = client
        self._take = client.register_script(_TAKE)
        self._database = database
        self._clock = clock
        self._limit = limit
        self._redis_is_down_until = 0.0

    async def take(self, account: str, playback_id: UUID) -> list[UUID]:
        """Take or renew a slot. Returns the sessions that have all slots when none is free, else nothing.

        May need a connection, so the caller has none.
        """
        if self._is_redis_up():
            try:
                lease = round(SLOT_LIFETIME.total_seconds() * 1_000)
                ahead = round(self._clock.offset_seconds() * 1_000)
                holders = await self._take(keys=[_name(account)], args=[playback_id.hex, self._limit, lease, ahead])
                return [UUID(_decoded(holder)) for holder in holders]
            except DOWN:
                self._pause_redis()
        return await self._take_in_database(account, playback_id)

    async def give_back(self, account: str, *playback_ids: UUID) -> None:
        """Free the slots of sessions that have ended. If Redis does not hear of it, they are free after 90 s."""
        if not self._is_redis_up():
            return
        try:
            await self._redis.zrem(_name(account), *(playback_id.hex for playback_id in playback_ids))
        except DOWN as error:
            self._pause_redis()
            log.warning("slot not given back", error=type(error).__name__)

    async def _take_in_database(self, account: str, playback_id: UUID) -> list[UUID]:
        async with self._database.transaction() as (db, now):
            await playback_sessions.lock_slots(db, account)
            holders = await playback_sessions.list_slot_holders(db, account, since=now - SLOT_LIFETIME)
            if playback_id not in holders and len(holders) >= self._limit:
                return holders
            await playback_sessions.mark_session_used(db, playback_id, now=now)
            return []

    def _is_redis_up(self) -> bool:
        return time.monotonic() >= self._redis_is_down_until

    def _pause_redis(self) -> None:
        self._redis_is_down_until = time.monotonic() + REDIS_PAUSE_SECONDS


def _name(account: str) -> str:
    return f"slots:{account}"


def _decoded(member: bytes | str) -> str:
    return member.decode() if isinstance(member, bytes) else member


@dataclass(frozen=True, kw_only=True)
class PlaybackResources(MediaResources):
    slots: Slots
    tokens: PlaybackTokens
    ready_folders: ReadyFolders

    def address_of(self, session: PlaybackSession) -> str:
        """The signed address below which a session plays."""
        token = self.tokens.sign(session.id, expires_at=session.expires_at)
        return f"{self.settings.app.public_url}/media/playback/{token}"

    @property
    def must_have_factor(self) -> bool:
        """Whether an admin without a second factor plays only as a student does."""
        return self.settings.app.require_admin_second_factor

    @property
    def accel_prefix(self) -> str | None:
        """Where nginx has the files of the local store, when it sends them (X-Accel-Redirect)."""
        return self.settings.media.media_accel_prefix if self.media.name == "local" else None

    def find_local_file(self, stored: str) -> Path | None:
        """The file of an object of the local store, whether it exists or not; None for a store elsewhere."""
        folder = self.settings.media.media_folder
        return folder / stored if folder and self.media.name == "local" else None
