"""The owner or an admin takes a course out of the catalogue for good; those enrolled keep it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses import policies
from coursify.modules.courses.queries import courses


async def delete_course(db: Connection, *, caller: Caller, course_id: UUID, now: datetime) -> None:
    """A soft deletion: row, lessons, enrollments and orders stay."""
    course = await courses.lock_course(db, course_id)
    policies.require_editor(course, caller)
    await courses.mark_course_deleted(db, course_id, now=now)
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="course.delete",
        target_type="course",
        target_id=course_id,
        details={"status": course.status},
    )
