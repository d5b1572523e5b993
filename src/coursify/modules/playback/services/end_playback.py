"""A person ends one of their sessions, on this device or another: no key is given any more, and its slot is free."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.modules.playback.errors import PlaybackNotFound
from coursify.modules.playback.queries import playback_sessions
from coursify.modules.playback.slots import Slots


async def end_playback(database: Database, *, slots: Slots, user_id: UUID, playback_id: UUID) -> None:
    """May be repeated. Another's is PlaybackNotFound. The slot is given back after the commit."""
    async with database.transaction() as (db, now):
        session = await playback_sessions.end_session(db, playback_id, user_id=user_id, now=now)
    if session is None:
        raise PlaybackNotFound
    await slots.give_back(session.account, session.id)
