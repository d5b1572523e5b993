"""Somebody presses play: a session of this lesson's video, with a slot of their account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Database
from coursify.core.devices import name_device
from coursify.modules.enrollments.services.open_lesson import open_lesson
from coursify.modules.media.queries import captions
from coursify.modules.playback import policies
from coursify.modules.playback.models import PLAYBACK_LIFETIME, OpenedPlayback, PlaybackSession
from coursify.modules.playback.queries import playback_sessions, streams
from coursify.modules.playback.services.take_slot import take_slot
from coursify.modules.playback.slots import Slots
from coursify.modules.playback.viewer_marks import new_mark


@dataclass(frozen=True, slots=True)
class Player:
    """Who presses play: `account` is whose slots count."""

    caller: Caller | None
    account: str
    user_agent: str


async def open_playback(
    database: Database, *, slots: Slots, player: Player, course_id: UUID, lesson_id: UUID, must_have_factor: bool
) -> OpenedPlayback:
    """Raises as opening the lesson does; LessonHasNoVideo, VideoNotReady, TooManyStreams.

    The slot is taken outside any transaction; a session that gets none is deleted. Without a sign-in nobody can end the
    sessions of their address one by one, so a new one ends the oldest when no slot is free.
    """
    now = await database.now()
    async with database.read() as db:
        page = await open_lesson(db, caller=player.caller, course_id=course_id, lesson_id=lesson_id, now=now)
        video = await streams.find_lesson_video(db, lesson_id)
        asset_id = policies.require_playable(video)
        languages = await captions.list_languages(db, asset_id)
    session = await _insert(database, player, course_id=course_id, lesson_id=lesson_id, asset_id=asset_id)
    try:
        await take_slot(
            database,
            slots=slots,
            session=session,
            must_have_factor=must_have_factor,
            replaces_oldest=player.caller is None,
        )
    except BaseException:
        async with database.transaction() as (db, _now):
            await playback_sessions.delete_session(db, session.id)
        raise
    return OpenedPlayback(
        session=session,
        is_hls=video is not None and video.hls_folder is not None,
        languages=languages,
        resume_at=page.position_seconds or 0,
    )


async def _insert(
    database: Database, player: Player, *, course_id: UUID, lesson_id: UUID, asset_id: UUID
) -> PlaybackSession:
    caller = player.caller
    async with database.transaction() as (db, now):
        return await playback_sessions.insert_session(
            db,
            user_id=caller.user_id if caller else None,
            sign_in_id=caller.session_id if caller else None,
            account=player.account,
            lesson_id=lesson_id,
            course_id=course_id,
            asset_id=asset_id,
            viewer_mark=new_mark(),
            device=name_device(player.user_agent),
            expires_at=_whole_second(now + PLAYBACK_LIFETIME),
            now=now,
        )


def _whole_second(moment: datetime) -> datetime:
    """The row and the signed address expire at the same moment."""
    return moment.replace(microsecond=0)
