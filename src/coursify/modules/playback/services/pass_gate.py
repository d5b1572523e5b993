"""The gate: every playlist, key and range of a session asks here whether the stream goes on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Database
from coursify.modules.playback import policies
from coursify.modules.playback.errors import PlaybackRefused
from coursify.modules.playback.models import Stream
from coursify.modules.playback.queries import playback_sessions, streams


async def pass_gate(
    database: Database, *, playback_id: UUID, must_have_factor: bool, now: datetime, key_number: int | None = None
) -> Stream:
    """The stream, with the key of this number, unless something has ended it: one statement.

    Raises PlaybackRefused. A session that was refused once has ended, whatever changes later.
    """
    async with database.read() as db:
        stream = await streams.find_stream(db, playback_id, key_number=key_number, now=now)
    try:
        return policies.require_stream(stream, must_have_factor=must_have_factor)
    except PlaybackRefused:
        async with database.transaction() as (db, ended_at):
            await playback_sessions.end_sessions(db, [playback_id], now=ended_at)
        raise
