"""The SQL of attachments: files of a lesson that its learners download."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_optional, fetch_value
from coursify.modules.courses.errors import AttachmentNotFound
from coursify.modules.courses.models.media import LessonAttachment

_ATTACHMENT: Final = """
    SELECT attachment.id, attachment.lesson_id, attachment.asset_id, assets.filename, assets.content_type,
           assets.size_bytes, assets.path, attachment.created_at
    FROM lesson_attachments AS attachment JOIN assets ON assets.id = attachment.asset_id AND assets.status = 'ready'
"""


async def insert_attachment(db: Connection, *, lesson_id: UUID, asset_id: UUID, now: datetime) -> UUID:
    """Returns the id of the attachment."""
    return await fetch_value(
        db,
        UUID,
        """
        INSERT INTO lesson_attachments (lesson_id, asset_id, created_at) VALUES (%(lesson_id)s, %(asset_id)s, %(now)s)
        RETURNING id
        """,
        lesson_id=lesson_id,
        asset_id=asset_id,
        now=now,
    )


async def list_attachments(db: Connection, lesson_id: UUID) -> list[LessonAttachment]:
    """In the order in which they were added."""
    return await fetch_all(
        db,
        LessonAttachment,
        f"{_ATTACHMENT} WHERE attachment.lesson_id = %(lesson_id)s ORDER BY attachment.id",
        lesson_id=lesson_id,
    )


async def get_attachment(db: Connection, *, lesson_id: UUID, attachment_id: UUID) -> LessonAttachment:
    """Raises AttachmentNotFound."""
    found = await fetch_optional(
        db,
        LessonAttachment,
        f"{_ATTACHMENT} WHERE attachment.lesson_id = %(lesson_id)s AND attachment.id = %(attachment_id)s",
        lesson_id=lesson_id,
        attachment_id=attachment_id,
    )
    if found is None:
        raise AttachmentNotFound
    return found


async def delete_attachment(db: Connection, attachment_id: UUID) -> int:
    return await execute(db, "DELETE FROM lesson_attachments WHERE id = %(attachment_id)s", attachment_id=attachment_id)
