"""An admin rejects a course with a reason; the owner may change it and submit it again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses import emails, policies
from coursify.modules.courses.errors import CourseNotPending
from coursify.modules.courses.models import CourseWithText
from coursify.modules.courses.queries import courses, snapshots
from coursify.modules.notifications.services.notify import notify


async def reject_course(
    db: Connection, *, caller: Caller, course_id: UUID, reason: str, now: datetime
) -> CourseWithText:
    """Pending → rejected."""
    course = await courses.lock_course(db, course_id)
    policies.require_visible(course, caller)
    rejected = await courses.mark_course_rejected(db, course_id, reason=reason, now=now)
    if rejected is None:
        raise CourseNotPending
    snapshot_id = await snapshots.insert_snapshot(
        db, course_id, decision="rejected", decided_by=caller.user_id, now=now
    )
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="course.reject",
        target_type="course",
        target_id=course_id,
        details={"from": course.status, "to": rejected.status},
    )
    await notify(
        db, user_id=course.instructor_id, kind="course_rejected", subject_id=course_id, course_id=course_id, now=now
    )
    await emails.post_rejected(db, snapshot_id=snapshot_id, instructor_id=course.instructor_id, now=now)
    return rejected
