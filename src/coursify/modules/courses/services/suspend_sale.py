"""An admin takes a course off sale; those enrolled keep it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses import emails
from coursify.modules.courses.errors import CourseNotFound, SaleAlreadySuspended
from coursify.modules.courses.models import CourseWithText
from coursify.modules.courses.queries import courses, sales
from coursify.modules.notifications.services.notify import notify
from coursify.modules.users.queries import users


async def suspend_sale(
    db: Connection, *, caller: Caller, course_id: UUID, reason: str, is_announced: bool = True, now: datetime
) -> CourseWithText:
    """Out of the catalogue and purchasable by nobody; its instructor gets the reason by email when `is_announced`.

    Raises CourseNotFound, SaleAlreadySuspended. The instructor's row is locked before the course's, as a suspension of
    the instructor does: neither cause ends the other.
    """
    found = await courses.get_course(db, course_id)
    await users.lock_user(db, found.instructor_id)
    course = await courses.lock_course(db, course_id)
    if course.deleted_at is not None:
        raise CourseNotFound
    if course.sale_suspension_id is not None:
        raise SaleAlreadySuspended
    suspension_id = await sales.insert_suspension(
        db, course_id=course_id, reason=reason, suspended_by=caller.user_id, now=now
    )
    suspended = await sales.set_suspension(db, course_id, suspension_id=suspension_id, now=now)
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="course.suspend_sale",
        target_type="course",
        target_id=course_id,
        details={"suspensionId": str(suspension_id), "status": course.status},
    )
    await notify(
        db, user_id=course.instructor_id, kind="sale_suspended", subject_id=suspension_id, course_id=course_id, now=now
    )
    if is_announced:
        await emails.post_sale_suspended(db, suspension_id=suspension_id, instructor_id=course.instructor_id, now=now)
    return suspended
