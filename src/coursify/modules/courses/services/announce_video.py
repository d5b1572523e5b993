"""A video is announced for a lesson: its upload begins, and replaces one that has not become ready."""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Database
from coursify.core.settings import MediaSettings
from coursify.modules.courses.queries import videos
from coursify.modules.courses.services.lock_own_lesson import lock_own_lesson
from coursify.modules.media.models import Transfer
from coursify.modules.media.services.check_video import check_video
from coursify.modules.media.services.issue_upload_token import issue_upload_token
from coursify.modules.media.services.open_upload import open_upload
from coursify.modules.media.services.release_asset import release_asset


async def announce_video(
    database: Database,
    *,
    caller: Caller,
    course_id: UUID,
    lesson_id: UUID,
    filename: str,
    content_type: str,
    size: int,
    limits: MediaSettings,
) -> Transfer:
    """Raises WrongFileType, FileTooLarge, TooManyUploads and StorageQuotaExceeded; the video that plays goes on."""
    async with database.transaction() as (db, now):
        _course, lesson = await lock_own_lesson(db, caller=caller, course_id=course_id, lesson_id=lesson_id)
        known_type = check_video(filename=filename, content_type=content_type, size=size, limits=limits)
        before = await videos.find_lesson_video(db, lesson.id)
        await release_asset(db, before.next_asset_id if before else None, now=now)
        asset = await open_upload(
            db,
            owner_id=caller.user_id,
            kind="video",
            filename=filename,
            content_type=known_type,
            size_bytes=size,
            limits=limits,
            now=now,
        )
        await videos.set_arriving_video(db, lesson_id=lesson.id, asset_id=asset.id)
        token = await issue_upload_token(db, asset.id)
    return Transfer(asset, token, direct=None)
