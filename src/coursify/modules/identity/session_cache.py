"""A cache of sessions in each process, so that most requests need neither PostgreSQL nor Redis to authenticate.

A transaction that revokes a session sends NOTIFY sessions with the user's id. Every process listens (core/listener.py)
and removes the user's entries. While notifications may be lost, the cache is not used and every request reads
PostgreSQL. After a reconnect the cache starts empty.
"""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.core.errors import Unavailable
from coursify.core.listener import Listener, Subscription
from coursify.core.metrics import count_lookup
from coursify.core.pools import UNAVAILABLE
from coursify.modules.identity.models import SessionState
from coursify.modules.identity.queries import sessions

_MAX_ENTRIES = 50_000


class SessionCache:
    """Finds the state of a session: in the cache while it is trusted, else in PostgreSQL."""

    def __init__(self, database: Database, listener: Listener) -> None:
        self._database = database
        self._listener = listener
        self._states: dict[UUID, SessionState] = {}
        self._sessions_of: dict[UUID, set[UUID]] = {}
        self._invalidations = 0
        listener.subscribe(
            Subscription(
                channel="sessions",
                listen=sessions.listen_for_session_changes,
                receive=lambda payload: self.invalidate(UUID(payload)),
                forget=self._clear,
            )
        )

    async def find(self, session_id: UUID) -> SessionState | None:
        if self.is_trusted():
            state = self._states.get(session_id)
            if state is not None:
                count_lookup("sessions", is_hit=True)
                return state
        count_lookup("sessions", is_hit=False)
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
        return self._listener.is_trusted()

    def _store(self, state: SessionState) -> None:
        if len(self._states) >= _MAX_ENTRIES:
            # Evict the oldest entry, with all sessions of its user.
            self.invalidate(next(iter(self._states.values())).user_id)
        self._states[state.session_id] = state
        self._sessions_of.setdefault(state.user_id, set()).add(state.session_id)

    def _clear(self) -> None:
        self._invalidations += 1
        self._states.clear()
        self._sessions_of.clear()
