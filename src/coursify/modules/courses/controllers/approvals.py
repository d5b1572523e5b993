"""Approval of courses by admins."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from coursify.core.http import Db, Now, PageCursors, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.pagination import CursorInvalid, Pager, PageTooDeep
from coursify.core.policy import Idempotency, Policy, Who
from coursify.core.schema import Envelope, PageEnvelope
from coursify.modules.courses.errors import (
    CourseChanged,
    CourseIncomplete,
    CourseNotFound,
    CourseNotPending,
    CourseNotPublished,
    PriceNotChargeable,
)
from coursify.modules.courses.schemas.incoming import CourseRejection, ReadRevision, StatusQuery
from coursify.modules.courses.schemas.outgoing import EditableCourse, OwnCourseSummary
from coursify.modules.courses.services.acknowledge_changes import acknowledge_changes
from coursify.modules.courses.services.approve_course import approve_course
from coursify.modules.courses.services.list_for_admins import list_for_admins
from coursify.modules.courses.services.reject_course import reject_course

router = Router(tag="admin")


@router.get(
    "/admin/courses",
    operation_id="list_admin_courses",
    policy=Policy(Who.ADMIN, rate="read"),
    response_model=PageEnvelope[list[OwnCourseSummary]],
    responses=failures(PageTooDeep, CursorInvalid),
)
async def list_admin_courses(
    query: Annotated[StatusQuery, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    """Courses of every owner and status; with `status=pending` those that wait, longest first."""
    pager = Pager(query, cursors, "admin.courses", query.status)
    async with database.read() as db:
        page = await list_for_admins(db, status=query.status, window=pager.window)
    return reply([OwnCourseSummary.of(course) for course in page.items], "Courses.", meta=pager.meta(page))


@router.post(
    "/admin/courses/{course_id}/approve",
    operation_id="approve_course",
    policy=Policy(Who.ADMIN, idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[EditableCourse],
    responses=failures(CourseNotFound, CourseNotPending, CourseIncomplete, CourseChanged, PriceNotChargeable),
)
async def post_approval(
    course_id: UUID, caller: SignedIn, db: Db, now: Now, body: ReadRevision | None = None
) -> Response:
    """Put a course that waits on sale; with a `revision`, only when nothing was changed since that diff."""
    revision = body.revision if body else None
    course = await approve_course(db, caller=caller, course_id=course_id, revision=revision, now=now)
    return reply(EditableCourse.of(course), "Course published.")


@router.post(
    "/admin/courses/{course_id}/acknowledge-changes",
    operation_id="acknowledge_changes",
    policy=Policy(Who.ADMIN, idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[None],
    responses=failures(CourseNotFound, CourseNotPublished, CourseChanged),
)
async def post_acknowledgement(course_id: UUID, caller: SignedIn, body: ReadRevision, db: Db, now: Now) -> Response:
    """Mark the changes of a published course as read: the next diff begins here. Learners and owner see nothing."""
    await acknowledge_changes(db, caller=caller, course_id=course_id, revision=body.revision, now=now)
    return reply(None, "Changes acknowledged.")


@router.post(
    "/admin/courses/{course_id}/reject",
    operation_id="reject_course",
    policy=Policy(Who.ADMIN, idempotency=Idempotency.OPTIONAL),
    response_model=Envelope[EditableCourse],
    responses=failures(CourseNotFound, CourseNotPending),
)
async def post_rejection(course_id: UUID, caller: SignedIn, body: CourseRejection, db: Db, now: Now) -> Response:
    """Send a course that waits back to its owner, with the reason."""
    course = await reject_course(db, caller=caller, course_id=course_id, reason=body.reason, now=now)
    return reply(EditableCourse.of(course), "Course rejected.")
