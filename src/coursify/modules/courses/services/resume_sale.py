"""An admin ends the suspension of a course's sale."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses import emails
from coursify.modules.courses.errors import CourseNotFound, SaleNotSuspended
from coursify.modules.courses.models import CourseWithText
from coursify.modules.courses.queries import courses, sales
from coursify.modules.notifications.services.notify import notify
from coursify.modules.users.queries import users


async def resume_sale(
    db: Connection, *, caller: Caller, course_id: UUID, is_announced: bool = True, now: datetime
) -> CourseWithText:
    """The course is on sale again, unless its instructor may not sell. Raises CourseNotFound, SaleNotSuspended."""
    found = await courses.get_course(db, course_id)
    await users.lock_user(db, found.instructor_id)
    course = await courses.lock_course(db, course_id)
    if course.deleted_at is not None:
        raise CourseNotFound
    if course.sale_suspension_id is None:
        raise SaleNotSuspended
    await sales.end_suspension(db, course.sale_suspension_id, resumed_by=caller.user_id, now=now)
    resumed = await sales.set_suspension(db, course_id, suspension_id=None, now=now)
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="course.resume_sale",
        target_type="course",
        target_id=course_id,
        details={"suspensionId": str(course.sale_suspension_id), "isOnSale": resumed.is_on_sale},
    )
    if resumed.is_on_sale:
        await notify(
            db, user_id=course.instructor_id, kind="sale_resumed", subject_id=course_id, course_id=course_id, now=now
        )
    if is_announced:
        await emails.post_sale_resumed(
            db, suspension_id=course.sale_suspension_id, instructor_id=course.instructor_id, now=now
        )
    return resumed
