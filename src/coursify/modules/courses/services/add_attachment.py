"""The owner adds a file to a lesson, which its learners download."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection, Database
from coursify.core.settings import MediaSettings
from coursify.core.uploaded_file import UploadedFile
from coursify.modules.courses.errors import TooManyAttachments
from coursify.modules.courses.models.media import MAX_ATTACHMENTS, LessonAttachment, OwnLesson
from coursify.modules.courses.queries import attachments
from coursify.modules.courses.services.lock_own_lesson import lock_own_lesson
from coursify.modules.media.errors import AssetNotFound
from coursify.modules.media.models import Asset
from coursify.modules.media.services.check_attachment import check_attachment
from coursify.modules.media.services.open_upload import open_upload
from coursify.modules.media.services.settle_file import settle_file
from coursify.modules.media.store import MediaStore


async def add_attachment(
    database: Database,
    store: MediaStore,
    *,
    caller: Caller,
    course_id: UUID,
    lesson_id: UUID,
    file: UploadedFile,
    limits: MediaSettings,
) -> LessonAttachment:
    """Raises WrongFileType, TooManyAttachments, StorageQuotaExceeded. The file is stored before it is listed."""
    content_type = check_attachment(file, limits=limits)
    place: OwnLesson = {"caller": caller, "course_id": course_id, "lesson_id": lesson_id}
    async with database.transaction() as (db, now):
        await _check_room(db, **place)
        asset = await open_upload(
            db,
            owner_id=caller.user_id,
            kind="attachment",
            filename=file.filename,
            content_type=content_type,
            size_bytes=file.size,
            limits=limits,
            now=now,
        )
    await store.put_moved(asset.original, file.path, content_type=content_type)
    async with database.transaction() as (db, now):
        await _check_room(db, **place)
        return await _list(db, asset, lesson_id, now=now)


async def _check_room(db: Connection, *, caller: Caller, course_id: UUID, lesson_id: UUID) -> None:
    await lock_own_lesson(db, caller=caller, course_id=course_id, lesson_id=lesson_id)
    if len(await attachments.list_attachments(db, lesson_id)) >= MAX_ATTACHMENTS:
        raise TooManyAttachments


async def _list(db: Connection, asset: Asset, lesson_id: UUID, *, now: datetime) -> LessonAttachment:
    if not await settle_file(db, asset.id, now=now):
        raise AssetNotFound
    attachment_id = await attachments.insert_attachment(db, lesson_id=lesson_id, asset_id=asset.id, now=now)
    return await attachments.get_attachment(db, lesson_id=lesson_id, attachment_id=attachment_id)
