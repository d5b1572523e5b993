"""A session plays on: it takes or renews its slot."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.core.errors import Details
from coursify.modules.playback.errors import TooManyStreams
from coursify.modules.playback.models import PlaybackSession, Stream
from coursify.modules.playback.queries import playback_sessions
from coursify.modules.playback.slots import Slots


async def take_slot(database: Database, *, slots: Slots, session: PlaybackSession | Stream) -> None:
    """Raises TooManyStreams. It names the devices that play, but not to somebody who only shares their address."""
    holders = await slots.take(session.account, session.id)
    if holders:
        raise TooManyStreams(details=await _list_devices(database, holders) if session.user_id else [])


async def _list_devices(database: Database, holders: list[UUID]) -> Details:
    async with database.read() as db:
        sessions = await playback_sessions.list_sessions(db, holders)
    return [
        {"id": str(session.id), "device": session.device, "startedAt": f"{session.created_at:%Y-%m-%dT%H:%M:%SZ}"}
        for session in sessions
    ]
