"""A session plays on: it takes or renews its slot."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.core.errors import Details
from coursify.modules.playback import policies
from coursify.modules.playback.errors import TooManyStreams
from coursify.modules.playback.models import PlaybackSession, Stream
from coursify.modules.playback.queries import playback_sessions, streams
from coursify.modules.playback.slots import Slots


async def take_slot(
    database: Database,
    *,
    slots: Slots,
    session: PlaybackSession | Stream,
    must_have_factor: bool,
    replaces_oldest: bool = False,
) -> None:
    """Raises TooManyStreams. It names the devices that play, but not to somebody who only shares their address.

    When no slot is free, the gate's rule is asked about those who have them: one that it refuses gives its slot up;
    with `replaces_oldest`, if it refuses none, the oldest one does.
    """
    holders = await slots.take(session.account, session.id)
    if holders:
        ended = await _end_some(database, holders, must_have_factor=must_have_factor, is_oldest_ended=replaces_oldest)
        if ended:
            await slots.give_back(session.account, *ended)
            holders = await slots.take(session.account, session.id)
    if holders:
        raise TooManyStreams(details=await _list_devices(database, holders) if session.user_id else [])


async def _end_some(
    database: Database, holders: list[UUID], *, must_have_factor: bool, is_oldest_ended: bool
) -> list[UUID]:
    """End the sessions that the gate refuses, or else the oldest one. Returns these and those that had ended before."""
    async with database.transaction() as (db, now):
        found = await streams.list_streams(db, holders, now=now)
        going_on = [stream.id for stream in found if policies.can_go_on(stream, must_have_factor=must_have_factor)]
        ended = [holder for holder in holders if holder not in going_on]
        if not ended and is_oldest_ended:
            ended = going_on[:1]
        if ended:
            await playback_sessions.end_sessions(db, ended, now=now)
    return ended


async def _list_devices(database: Database, holders: list[UUID]) -> Details:
    async with database.read() as db:
        sessions = await playback_sessions.list_sessions(db, holders)
    return [
        {"id": str(session.id), "device": session.device, "startedAt": f"{session.created_at:%Y-%m-%dT%H:%M:%SZ}"}
        for session in sessions
    ]
