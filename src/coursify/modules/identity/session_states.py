"""What this process knows of sessions, so that a request in the steady state asks neither PostgreSQL nor Redis.

A revoking transaction sends NOTIFY sessions with the person's id; every process listens on a connection of its own
and forgets. The connection is checked every 500 ms. While the last check is older than a second, or the connection
is gone, nothing remembered counts and every request asks PostgreSQL. After a reconnect the memory starts empty.
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
from coursify.core.queries import system
from coursify.modules.identity.models import SessionState
from coursify.modules.identity.queries import sessions

LISTENER = "coursify-sessions"
CHECK_SECONDS = 0.5
TRUSTED_SECONDS = 1.0
RECONNECT_SECONDS = 0.25
_REMEMBERED = 50_000


class SessionStates:
    """Answers what a session is worth now: from memory while it is trusted, else from PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._states: dict[UUID, SessionState] = {}
        self._sessions_of: dict[UUID, set[UUID]] = {}
        self._forgotten = 0
        self._checked_at = float("-inf")

    async def find(self, session_id: UUID) -> SessionState | None:
        if self.is_trusted():
            state = self._states.get(session_id)
            if state is not None:
                return state
        return await self.ask(session_id)

    async def ask(self, session_id: UUID) -> SessionState | None:
        """PostgreSQL's word, whatever is remembered; a refusal is never given from memory."""
        forgotten = self._forgotten
        try:
            async with self._database.read() as db:
                state = await sessions.find_session_state(db, session_id)
        except UNAVAILABLE as error:
            raise Unavailable from error
        # Something was revoked while we read: what we read may be older than that, so it is not kept.
        if state is not None and self.is_trusted() and forgotten == self._forgotten:
            self._remember(state)
        return state

    def forget(self, user_id: UUID) -> None:
        self._forgotten += 1
        for session_id in self._sessions_of.pop(user_id, ()):
            self._states.pop(session_id, None)

    def is_trusted(self) -> bool:
        return time.monotonic() - self._checked_at < TRUSTED_SECONDS

    def listening(self) -> AbstractAsyncContextManager[None]:
        """Listen for revocations for as long as the application serves."""
        return in_background(self._listen_for_ever())

    def _remember(self, state: SessionState) -> None:
        if len(self._states) >= _REMEMBERED:
            # Whoever was remembered first is asked anew, with all of their sessions.
            self.forget(next(iter(self._states.values())).user_id)
        self._states[state.session_id] = state
        self._sessions_of.setdefault(state.user_id, set()).add(state.session_id)

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                async with await self._connect() as connection:
                    self._forget_everyone()
                    await self._follow(connection)
            except (psycopg.Error, OSError, TimeoutError, ValueError) as error:
                log.warning("session listener lost", error=type(error).__name__)
            self._checked_at = float("-inf")
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _connect(self) -> Connection:
        connection = await psycopg.AsyncConnection.connect(
            self._database.url, autocommit=True, connect_timeout=2, application_name=LISTENER
        )
        await sessions.listen_to_sessions(connection)
        return connection

    async def _follow(self, connection: Connection) -> None:
        """What was sent before a check's answer has arrived with it: memory is right up to the check's beginning."""
        while True:
            started = time.monotonic()
            async with asyncio.timeout(TRUSTED_SECONDS):
                await system.ping(connection)
            async for notice in connection.notifies(timeout=0):
                self.forget(UUID(notice.payload))
            self._checked_at = started
            async for notice in connection.notifies(timeout=CHECK_SECONDS):
                self.forget(UUID(notice.payload))

    def _forget_everyone(self) -> None:
        self._forgotten += 1
        self._states.clear()
        self._sessions_of.clear()
