"""A cache of sessions in each process, so that most requests need neither PostgreSQL nor Redis to authenticate.

A transaction that revokes a session sends NOTIFY sessions with the user's id. Every process listens on its own
connection and removes the user's entries. The connection is checked every 500 ms. While the last check is older than
a second, or the connection is lost, the cache is not used and every request reads PostgreSQL. After a reconnect the
cache starts empty.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractAsyncContextManager
from uuid import UUID

import psycopg

from coursify.core.background import in_background
from coursify.core.database import UNAVAILABLE, Connection, Database
from coursify.core.errors import Unavailable
from coursify.core.logging import log
from coursify.core.metrics import CACHE
from coursify.core.queries import system
from coursify.modules.identity.models import SessionState
from coursify.modules.identity.queries import sessions

LISTENER = "coursify-sessions"
CHECK_SECONDS = 0.5
TRUSTED_SECONDS = 1.0
RECONNECT_SECONDS = 0.25
_MAX_ENTRIES = 50_000
_HITS, _MISSES = CACHE.labels("sessions", "hit"), CACHE.labels("sessions", "miss")


class SessionCache:
    """Finds the state of a session: in the cache while it is trusted, else in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._states: dict[UUID, SessionState] = {}
        self._sessions_of: dict[UUID, set[UUID]] = {}
        self._invalidations = 0
        self._checked_at = float("-inf")

    async def find(self, session_id: UUID) -> SessionState | None:
        if self.is_trusted():
            state = self._states.get(session_id)
            if state is not None:
                _HITS.inc()
                return state
        _MISSES.inc()
        return await self.fetch(session_id)

    async def fetch(self, session_id: UUID) -> SessionState | None:
        """Reads PostgreSQL, whatever the cache has. Raises Unavailable."""
        invalidations = self._invalidations
        try:
            async with self._database.read() as db:
                state = await sessions.find_session_state(db, session_id)
        except UNAVAILABLE as error:
            raise Unavailable from error
        # If something was revoked during the read, the result may be older than that, so it is not cached.
        if state is not None and self.is_trusted() and invalidations == self._invalidations:
            self._store(state)
        return state

    def invalidate(self, user_id: UUID) -> None:
        self._invalidations += 1
        for session_id in self._sessions_of.pop(user_id, ()):
            self._states.pop(session_id, None)

    def is_trusted(self) -> bool:
        return time.monotonic() - self._checked_at < TRUSTED_SECONDS

    def listening(self) -> AbstractAsyncContextManager[None]:
        """Listens for revocations while the application runs."""
        return in_background(self._listen_forever())

    def _store(self, state: SessionState) -> None:
        if len(self._states) >= _MAX_ENTRIES:
            # Evict the oldest entry, with all sessions of its user.
            self.invalidate(next(iter(self._states.values())).user_id)
        self._states[state.session_id] = state
        self._sessions_of.setdefault(state.user_id, set()).add(state.session_id)

    async def _listen_forever(self) -> None:
        is_lost = False
        while True:
            try:
                async with await self._connect() as connection:
                    if is_lost:
                        log.info("session listener is back")
                        is_lost = False
                    self._clear()
                    await self._follow(connection)
            except (psycopg.Error, OSError, TimeoutError, ValueError) as error:
                if not is_lost:
                    log.warning("session listener lost", error=type(error).__name__)
                is_lost = True
            self._checked_at = float("-inf")
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _connect(self) -> Connection:
        connection = await psycopg.AsyncConnection.connect(
            self._database.url, autocommit=True, connect_timeout=2, application_name=LISTENER
        )
        try:
            await sessions.listen_for_session_changes(connection)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def _follow(self, connection: Connection) -> None:
        """A check's answer arrives after all earlier notifications, so the cache is current as of the check's start."""
        while True:
            started = time.monotonic()
            async with asyncio.timeout(TRUSTED_SECONDS):
                await system.ping(connection)
            async for notice in connection.notifies(timeout=0):
                self.invalidate(UUID(notice.payload))
            self._checked_at = started
            async for notice in connection.notifies(timeout=CHECK_SECONDS):
                self.invalidate(UUID(notice.payload))

    def _clear(self) -> None:
        self._invalidations += 1
        self._states.clear()
        self._sessions_of.clear()
