"""The owner removes captions from the video of a lesson."""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.errors import CaptionsNotFound
from coursify.modules.courses.queries import videos
from coursify.modules.courses.services.lock_own_lesson import lock_own_lesson
from coursify.modules.media.services.remove_captions import remove_captions


async def delete_captions(db: Connection, *, caller: Caller, course_id: UUID, lesson_id: UUID, language: str) -> None:
    """Raises CaptionsNotFound."""
    await lock_own_lesson(db, caller=caller, course_id=course_id, lesson_id=lesson_id)
    video = await videos.find_lesson_video(db, lesson_id)
    if video is None or language not in video.languages:
        raise CaptionsNotFound
    await remove_captions(db, asset_id=video.newest_asset_id, language=language)
