"""The owner sends a small video in one form: it takes the same path as an upload."""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Database
from coursify.core.settings import MediaSettings
from coursify.core.uploaded_file import UploadedFile
from coursify.modules.courses.models.media import LessonVideo
from coursify.modules.courses.queries import videos
from coursify.modules.courses.services.announce_video import announce_video
from coursify.modules.media.services.receive_file import receive_file
from coursify.modules.media.store import MediaStore


async def store_video(
    database: Database,
    store: MediaStore,
    *,
    caller: Caller,
    course_id: UUID,
    lesson_id: UUID,
    file: UploadedFile,
    limits: MediaSettings,
) -> LessonVideo | None:
    """The lesson's video, which is processed now. Raises as announce_video and receive_file do."""
    transfer = await announce_video(
        database,
        caller=caller,
        course_id=course_id,
        lesson_id=lesson_id,
        filename=file.filename,
        content_type=file.content_type,
        size=file.size,
        limits=limits,
    )
    await receive_file(database, store, asset_id=transfer.asset.id, path=file.path, limits=limits)
    async with database.read() as db:
        return await videos.find_lesson_video(db, lesson_id)
