"""The owner adds captions to the video of a lesson, or replaces them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.errors import TooManyCaptions, VideoNotFound
from coursify.modules.courses.models.media import MAX_CAPTIONS, LessonVideo
from coursify.modules.courses.queries import videos
from coursify.modules.courses.services.lock_own_lesson import lock_own_lesson
from coursify.modules.media.services.store_captions import store_captions


async def put_captions(
    db: Connection, *, caller: Caller, course_id: UUID, lesson_id: UUID, language: str, raw: bytes, now: datetime
) -> LessonVideo | None:
    """The video with its captions: the newest one, also while it arrives. Raises VideoNotFound, CaptionsRefused."""
    await lock_own_lesson(db, caller=caller, course_id=course_id, lesson_id=lesson_id)
    video = await videos.find_lesson_video(db, lesson_id)
    if video is None:
        raise VideoNotFound
    if language not in video.languages and len(video.languages) >= MAX_CAPTIONS:
        raise TooManyCaptions
    await store_captions(db, asset_id=video.newest_asset_id, language=language, raw=raw, now=now)
    return await videos.find_lesson_video(db, lesson_id)
