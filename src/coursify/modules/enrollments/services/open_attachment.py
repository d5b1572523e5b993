"""Somebody downloads a file of a lesson."""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Database
from coursify.modules.courses.models.media import LessonAttachment
from coursify.modules.courses.queries import attachments
from coursify.modules.enrollments.services.open_lesson import open_lesson


async def open_attachment(
    database: Database, *, caller: Caller | None, course_id: UUID, lesson_id: UUID, attachment_id: UUID
) -> LessonAttachment:
    """Raises as open_lesson does, and AttachmentNotFound."""
    now = await database.now()
    async with database.read() as db:
        await open_lesson(db, caller=caller, course_id=course_id, lesson_id=lesson_id, now=now)
        return await attachments.get_attachment(db, lesson_id=lesson_id, attachment_id=attachment_id)
