"""What an instructor has written: every course of theirs, on sale or not, and what each has had."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from coursify.core.http import PageCursors, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.pagination import CursorInvalid, Pager, PageTooDeep
from coursify.core.policy import Policy, Who
from coursify.core.schema import PageEnvelope
from coursify.modules.analytics.schemas.outgoing import OwnCourseWithCounters
from coursify.modules.analytics.services.list_counted_courses import list_counted_courses
from coursify.modules.courses.schemas.incoming import StatusQuery

router = Router(tag="courses")


@router.get(
    "/courses/mine",
    operation_id="list_my_courses",
    policy=Policy(Who.INSTRUCTOR, rule="one's own", rate="read"),
    response_model=PageEnvelope[list[OwnCourseWithCounters]],
    responses=failures(PageTooDeep, CursorInvalid),
)
async def list_my_courses(
    caller: SignedIn, query: Annotated[StatusQuery, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    """Your own courses of one status or all, newest first; a rejected one says why. Deleted ones are not listed."""
    me, pager = caller.user_id, Pager(query, cursors, "courses.mine", caller.user_id, query.status)
    async with database.read() as db:
        page, had = await list_counted_courses(db, instructor_id=me, status=query.status, window=pager.window)
    courses = [OwnCourseWithCounters.with_counters(course, had[course.id]) for course in page.items]
    return reply(courses, "Your courses.", meta=pager.meta(page))
