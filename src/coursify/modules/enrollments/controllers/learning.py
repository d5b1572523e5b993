"""Opening a lesson, and asking why one may."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from coursify.core.errors import Forbidden
from coursify.core.http import Data, Route, failures, reply
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.enrollments import queries
from coursify.modules.enrollments.errors import LessonNotInCourse, NotEnrolled
from coursify.modules.enrollments.policies import can_edit_lesson, can_know_course, can_open_lesson
from coursify.modules.enrollments.schemas import AccessExplained, AccessQuery, LessonOut, grant_out
from coursify.modules.enrollments.services.explain_access import explain_access
from coursify.modules.users.errors import UserNotFound
from coursify.modules.users.guards import MaybeSignedIn, SignedIn

router = APIRouter(route_class=Route, tags=["Enrollments"])


@router.get(
    "/courses/{course_id}/lessons/{lesson_id:uuid}",
    response_model=Envelope[LessonOut],
    responses=failures(LessonNotInCourse, NotEnrolled),
)
async def get_lesson(course_id: UUID, lesson_id: UUID, caller: MaybeSignedIn, data: Data) -> Response:
    """A lesson with its content: for learners, its instructor and admins; a preview for anyone."""
    now = await data.now()
    async with data.read() as db:
        page = await queries.find_lesson_page(
            db, course_id=course_id, lesson_id=lesson_id, user_id=caller.user_id if caller else None, now=now
        )
    if page is None or not can_know_course(caller, page):
        raise LessonNotInCourse
    if not can_open_lesson(caller, page):
        raise NotEnrolled
    headers = {"ETag": f'"v{page.version}"'} if can_edit_lesson(caller, page) else None
    return reply(LessonOut.of(page), "The lesson.", headers=headers)


@router.get(
    "/access/explain",
    response_model=Envelope[AccessExplained],
    responses=failures(CourseNotFound, UserNotFound, Forbidden),
)
async def explain_course_access(caller: SignedIn, data: Data, asked: Annotated[AccessQuery, Query()]) -> Response:
    """Why one may or may not open a course; an admin may ask for somebody else."""
    user_id = asked.user_id or caller.user_id
    if user_id != caller.user_id and not caller.is_admin:
        raise Forbidden
    now = await data.now()
    async with data.read() as db:
        found = await explain_access(db, user_id=user_id, course_id=asked.course_id, now=now)
    grants = [grant_out(grant, is_live=grant.is_live(now)) for grant in found.grants]
    explained = AccessExplained(
        user_id=user_id, course_id=asked.course_id, may_learn=found.may_learn, because=found.because, grants=grants
    )
    return reply(explained, found.because)
