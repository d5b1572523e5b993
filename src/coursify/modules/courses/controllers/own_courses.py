"""What an instructor has written: every course of theirs, on sale or not."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from coursify.core.http import PageCursors, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.pagination import CursorInvalid, Pager, PageTooDeep
from coursify.core.policy import Policy, Who
from coursify.core.schema import PageEnvelope
from coursify.modules.courses.schemas.incoming import StatusQuery
from coursify.modules.courses.schemas.outgoing import OwnCourseSummary
from coursify.modules.courses.services.list_own_courses import list_own_courses

router = Router(tag="courses")


@router.get(
    "/courses/mine",
    operation_id="list_my_courses",
    policy=Policy(Who.INSTRUCTOR, rule="one's own", rate="read"),
    response_model=PageEnvelope[list[OwnCourseSummary]],
    responses=failures(PageTooDeep, CursorInvalid),
)
async def list_my_courses(
    caller: SignedIn, query: Annotated[StatusQuery, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    """Your own courses of one status or all, newest first; a rejected one says why. Deleted ones are not listed."""
    pager = Pager(query, cursors, "courses.mine", caller.user_id, query.status)
    async with database.read() as db:
        page = await list_own_courses(db, instructor_id=caller.user_id, status=query.status, window=pager.window)
    return reply([OwnCourseSummary.of(course) for course in page.items], "Your courses.", meta=pager.meta(page))
