"""What changed in a course since its last approval or rejection, for admins."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from coursify.core.http import PageCursors, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.pagination import CursorInvalid, PageQuery, Pager, PageTooDeep
from coursify.core.policy import Policy, Who
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.schemas.diffs import CourseDiffOut, CourseDiffPage
from coursify.modules.courses.services.compare_with_snapshot import compare_with_snapshot

router = Router(tag="admin")


@router.get(
    "/admin/courses/{course_id}/review-diff",
    operation_id="get_review_diff",
    policy=Policy(Who.ADMIN, rate="read"),
    response_model=CourseDiffPage,
    responses=failures(CourseNotFound, PageTooDeep, CursorInvalid),
)
async def get_review_diff(
    course_id: UUID,
    caller: SignedIn,
    query: Annotated[PageQuery, Query()],
    database: WithDatabase,
    cursors: PageCursors,
) -> Response:
    """What changed in a course since it was last approved or rejected; lessons by page, in their order."""
    pager = Pager(query, cursors, "admin.review_diff", course_id)
    async with database.read() as db:
        course, diff, page = await compare_with_snapshot(db, caller=caller, course_id=course_id, window=pager.window)
    return reply(CourseDiffOut.of(course, diff), "Changes since the last decision.", meta=pager.meta(page))
