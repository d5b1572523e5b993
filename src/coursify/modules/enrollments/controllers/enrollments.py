"""/enrollments: one's own enrollments and their progress."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from coursify.core.caller import Caller
from coursify.core.database import Database
from coursify.core.http import PageCursors, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.pagination import CursorInvalid, Cursors, Pager, PageTooDeep
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope, PageEnvelope
from coursify.modules.enrollments.errors import (
    AccessClosed,
    EnrollmentNotFound,
    LessonNotInCourse,
    PositionBeyondLesson,
)
from coursify.modules.enrollments.policies import can_see_enrollment, can_see_enrollments_of
from coursify.modules.enrollments.queries import enrollments
from coursify.modules.enrollments.schemas import (
    EnrollmentDetail,
    EnrollmentListItem,
    EnrollmentQuery,
    ProgressIn,
)
from coursify.modules.enrollments.services.list_enrollments import list_enrollments
from coursify.modules.enrollments.services.record_progress import record_progress
from coursify.modules.users.errors import UserNotFound
from coursify.modules.users.queries import users

router = Router(tag="enrollments")


@router.get(
    "/enrollments",
    operation_id="list_my_enrollments",
    policy=Policy(Who.SIGNED_IN, rate="read"),
    response_model=PageEnvelope[list[EnrollmentListItem]],
    responses=failures(PageTooDeep, CursorInvalid),
)
async def list_my_enrollments(
    caller: SignedIn, database: WithDatabase, cursors: PageCursors, query: Annotated[EnrollmentQuery, Query()]
) -> Response:
    """Your enrollments, newest first; with `sort=activity` the course that you used last first."""
    return await _list(database, cursors, query, caller.user_id)


@router.get(
    "/users/{user_id}/enrollments",
    operation_id="list_user_enrollments",
    policy=Policy(Who.SIGNED_IN, rule="oneself or an admin", rate="read"),
    response_model=PageEnvelope[list[EnrollmentListItem]],
    responses=failures(UserNotFound, PageTooDeep, CursorInvalid),
)
async def list_user_enrollments(
    user_id: UUID,
    caller: SignedIn,
    database: WithDatabase,
    cursors: PageCursors,
    query: Annotated[EnrollmentQuery, Query()],
) -> Response:
    """A person's enrollments, for themselves and for admins."""
    async with database.read() as db:
        user = await users.find_user(db, user_id)
    if user is None or not can_see_enrollments_of(caller, user_id):
        raise UserNotFound
    return await _list(database, cursors, query, user_id)


@router.get(
    "/enrollments/{enrollment_id}",
    operation_id="get_enrollment",
    policy=Policy(Who.SIGNED_IN, rule="its owner or an admin", rate="read"),
    response_model=Envelope[EnrollmentDetail],
    responses=failures(EnrollmentNotFound),
)
async def get_enrollment(enrollment_id: UUID, caller: SignedIn, database: WithDatabase) -> Response:
    """One enrollment with its progress lesson by lesson."""
    detail = await _detail(database, caller, enrollment_id)
    return reply(detail, "Enrollment.")


@router.put(
    "/enrollments/{enrollment_id}/progress",
    operation_id="update_progress",
    policy=Policy(Who.SIGNED_IN, rule="its owner, while access is open"),
    response_model=Envelope[EnrollmentDetail],
    responses=failures(EnrollmentNotFound, AccessClosed, LessonNotInCourse, PositionBeyondLesson),
)
async def put_progress(enrollment_id: UUID, body: ProgressIn, caller: SignedIn, database: WithDatabase) -> Response:
    """Save progress; it never goes backwards."""
    enrollment = await record_progress(
        database, user_id=caller.user_id, enrollment_id=enrollment_id, items=body.to_items()
    )
    return reply(EnrollmentDetail.with_lessons(enrollment), "Progress saved.")


async def _detail(database: Database, caller: Caller, enrollment_id: UUID) -> EnrollmentDetail:
    now = await database.now()
    async with database.read() as db:
        enrollment = await enrollments.get_enrollment_with_lessons(db, enrollment_id, now=now)
    if not can_see_enrollment(caller, enrollment):
        raise EnrollmentNotFound
    return EnrollmentDetail.with_lessons(enrollment)


async def _list(database: Database, cursors: Cursors, query: EnrollmentQuery, user_id: UUID) -> Response:
    pager = Pager(query, cursors, "enrollments", user_id, query.course_id, query.sort)
    now = await database.now()
    async with database.read() as db:
        page = await list_enrollments(
            db, user_id=user_id, course_id=query.course_id, order=query.sort, now=now, window=pager.window
        )
    shown = [EnrollmentListItem.of_summary(row) for row in page.items]
    return reply(shown, "Enrollments.", meta=pager.meta(page))
