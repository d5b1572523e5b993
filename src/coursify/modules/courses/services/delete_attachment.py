"""The owner removes a file from a lesson."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.queries import attachments
from coursify.modules.courses.services.lock_own_lesson import lock_own_lesson
from coursify.modules.media.services.release_asset import release_asset


async def delete_attachment(
    db: Connection, *, caller: Caller, course_id: UUID, lesson_id: UUID, attachment_id: UUID, now: datetime
) -> None:
    """Raises AttachmentNotFound."""
    await lock_own_lesson(db, caller=caller, course_id=course_id, lesson_id=lesson_id)
    attachment = await attachments.get_attachment(db, lesson_id=lesson_id, attachment_id=attachment_id)
    await attachments.delete_attachment(db, attachment_id)
    await release_asset(db, attachment.asset_id, now=now)
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="lesson.delete_attachment",
        target_type="lesson",
        target_id=lesson_id,
        details={"courseId": str(course_id), "attachmentId": str(attachment_id)},
    )
