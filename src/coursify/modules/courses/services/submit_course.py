"""The owner asks for a draft or rejected course to be approved; it must be complete."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses import policies
from coursify.modules.courses.errors import CourseNotSubmittable
from coursify.modules.courses.models import CourseWithText
from coursify.modules.courses.queries import courses
from coursify.modules.courses.services.check_complete import check_complete
from coursify.modules.courses.services.check_price import check_price
from coursify.modules.users.errors import EmailUnverified


async def submit_course(
    db: Connection, *, caller: Caller, course_id: UUID, now: datetime, must_be_verified: bool = False
) -> CourseWithText:
    """Draft or rejected → pending. Raises CourseIncomplete with everything that is missing, PriceNotChargeable.

    `must_be_verified`: whether only someone with a confirmed address may submit.
    """
    course = await courses.lock_course(db, course_id)
    policies.require_owner(course, caller)
    if must_be_verified and not caller.is_email_verified:
        raise EmailUnverified
    if not course.is_submittable:
        raise CourseNotSubmittable
    await check_complete(db, course)
    check_price(course.price_minor, course.currency)
    submitted = await courses.mark_course_pending(db, course_id, now=now)
    if submitted is None:
        raise CourseNotSubmittable
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="course.submit",
        target_type="course",
        target_id=course_id,
        details={"from": course.status, "to": submitted.status},
    )
    return submitted
