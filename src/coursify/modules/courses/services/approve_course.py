"""An admin approves a course: it is on sale."""

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
from coursify.modules.courses.services.check_complete import check_complete
from coursify.modules.courses.services.check_price import check_price
from coursify.modules.courses.services.check_revision import check_revision
from coursify.modules.notifications.services.notify import notify


async def approve_course(
    db: Connection, *, caller: Caller, course_id: UUID, revision: str | None = None, now: datetime
) -> CourseWithText:
    """Pending → published. The owner may have changed it since it was submitted: it must still be complete.

    With the `revision` of the diff that the admin read, it must be unchanged since then: raises CourseChanged.
    """
    course = await courses.lock_course(db, course_id)
    policies.require_visible(course, caller)
    if course.status != "pending":
        raise CourseNotPending
    if revision is not None:
        await check_revision(db, course_id, revision)
    await check_complete(db, course)
    check_price(course.price_minor, course.currency)
    published = await courses.mark_course_published(db, course_id, now=now)
    if published is None:
        raise CourseNotPending
    snapshot_id = await snapshots.insert_snapshot(
        db, course_id, decision="approved", decided_by=caller.user_id, now=now
    )
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="course.approve",
        target_type="course",
        target_id=course_id,
        details={"from": course.status, "to": published.status, "version": published.version},
    )
    await notify(
        db, user_id=course.instructor_id, kind="course_approved", subject_id=course_id, course_id=course_id, now=now
    )
    await emails.post_approved(db, snapshot_id=snapshot_id, instructor_id=course.instructor_id, now=now)
    return published
