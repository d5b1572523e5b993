"""An admin has read what changed in a published course: the next diff begins there."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses import policies
from coursify.modules.courses.errors import CourseNotPublished
from coursify.modules.courses.queries import courses, snapshots
from coursify.modules.courses.services.check_revision import check_revision


async def acknowledge_changes(db: Connection, *, caller: Caller, course_id: UUID, revision: str, now: datetime) -> None:
    """Changes nothing for learners, and the instructor gets no email.

    Raises CourseNotFound, CourseNotPublished, CourseChanged.
    """
    course = await courses.lock_course(db, course_id)
    policies.require_visible(course, caller)
    if not course.is_published:
        raise CourseNotPublished
    await check_revision(db, course_id, revision)
    await snapshots.insert_snapshot(db, course_id, decision="acknowledged", decided_by=caller.user_id, now=now)
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="course.acknowledge",
        target_type="course",
        target_id=course_id,
        details={"version": course.version},
    )
