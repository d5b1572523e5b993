"""Opening a lesson, and explaining access."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from coursify.core.errors import Forbidden
from coursify.core.http import MaybeSignedIn, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.queries import videos
from coursify.modules.enrollments.errors import AccessClosed, LessonNotInCourse, NotEnrolled
from coursify.modules.enrollments.policies import can_edit_lesson, can_explain_access
from coursify.modules.enrollments.schemas import AccessExplained, AccessQuery, LessonOut
from coursify.modules.enrollments.services.explain_access import explain_access
from coursify.modules.enrollments.services.open_lesson import open_lesson
from coursify.modules.users.errors import UserNotFound

router = Router(tag="enrollments")


@router.get(
    "/courses/{course_id}/lessons/{lesson_id}",
    operation_id="get_lesson",
    policy=Policy(Who.ANYONE, rule="learners, its instructor, admins; a preview: anyone", rate="read"),
    response_model=Envelope[LessonOut],
    responses=failures(LessonNotInCourse, NotEnrolled, AccessClosed),
)
async def get_lesson(course_id: UUID, lesson_id: UUID, caller: MaybeSignedIn, database: WithDatabase) -> Response:
    """A lesson with its content: for learners, its instructor and admins; a preview for anyone."""
    now = await database.now()
    async with database.read() as db:
        page = await open_lesson(db, caller=caller, course_id=course_id, lesson_id=lesson_id, now=now)
        is_editor = can_edit_lesson(caller, page)
        video = await videos.find_lesson_video(db, lesson_id) if is_editor else None
    headers = {"ETag": f'"v{page.version}"'} if is_editor else None
    return reply(LessonOut.of(page, video), "Lesson.", headers=headers)


@router.get(
    "/access/explain",
    operation_id="get_course_access",
    policy=Policy(Who.SIGNED_IN, rule="about oneself; an admin about anyone", rate="read"),
    response_model=Envelope[AccessExplained],
    responses=failures(CourseNotFound, UserNotFound, Forbidden),
)
async def get_course_access(
    caller: SignedIn, database: WithDatabase, asked: Annotated[AccessQuery, Query()]
) -> Response:
    """Why one may or may not open a course; an admin may ask for another person."""
    user_id = asked.user_id or caller.user_id
    if not can_explain_access(caller, user_id):
        raise Forbidden
    now = await database.now()
    async with database.read() as db:
        found = await explain_access(db, user_id=user_id, course_id=asked.course_id, now=now)
    return reply(AccessExplained.of(found, user_id=user_id, course_id=asked.course_id, now=now), found.because)
