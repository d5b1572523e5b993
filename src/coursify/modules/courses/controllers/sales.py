"""Admins take courses off sale and put them on sale again."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from coursify.core.http import Db, Now, Router, SignedIn, failures, reply
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import CourseNotFound, SaleAlreadySuspended, SaleNotSuspended
from coursify.modules.courses.schemas.incoming import SaleSuspension
from coursify.modules.courses.schemas.outgoing import EditableCourse
from coursify.modules.courses.services.resume_sale import resume_sale
from coursify.modules.courses.services.suspend_sale import suspend_sale

router = Router(tag="admin")


@router.post(
    "/admin/courses/{course_id}/suspend-sale",
    operation_id="suspend_sale",
    policy=Policy(Who.ADMIN, idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[EditableCourse],
    responses=failures(CourseNotFound, SaleAlreadySuspended),
)
async def post_suspension(course_id: UUID, caller: SignedIn, body: SaleSuspension, db: Db, now: Now) -> Response:
    """Take a course off sale, with a reason that its instructor gets by email. Those enrolled keep it."""
    course = await suspend_sale(db, caller=caller, course_id=course_id, reason=body.reason, now=now)
    return reply(EditableCourse.of(course), "Course off sale. Enrolled learners keep it.")


@router.post(
    "/admin/courses/{course_id}/resume-sale",
    operation_id="resume_sale",
    policy=Policy(Who.ADMIN, idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[EditableCourse],
    responses=failures(CourseNotFound, SaleNotSuspended),
)
async def post_resumption(course_id: UUID, caller: SignedIn, db: Db, now: Now) -> Response:
    """End the suspension; the course is on sale again where its instructor may sell."""
    course = await resume_sale(db, caller=caller, course_id=course_id, now=now)
    message = "Course on sale again." if course.is_on_sale else "Suspension ended. The course is not on sale yet."
    return reply(EditableCourse.of(course), message)
