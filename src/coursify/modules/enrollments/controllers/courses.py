"""A single course, for anyone while it is on sale and for its learners always."""

from __future__ import annotations

from fastapi import Request, Response

from coursify.core.http import MaybeSignedIn, Router, WithDatabase, failures, reply
from coursify.core.http.conditional import cacheable, version_tag
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.guards import IdOrSlug
from coursify.modules.courses.policies import can_edit_course
from coursify.modules.courses.schemas.outgoing import CourseWithOutline
from coursify.modules.enrollments.services.open_course import open_course

router = Router(tag="courses")

DETAIL_SECONDS = 15


@router.get(
    "/courses/{course_id}",
    operation_id="get_course",
    policy=Policy(
        Who.ANYONE, rule="on sale, or the caller's own, or one they were enrolled in; an admin sees all", rate="read"
    ),
    response_model=Envelope[CourseWithOutline],
    responses=failures(CourseNotFound),
)
async def get_course(request: Request, course_id: IdOrSlug, caller: MaybeSignedIn, database: WithDatabase) -> Response:
    """A course with the titles of its lessons, while it is on sale; its learners, owner and admins see it always."""
    async with database.read() as db:
        course = await open_course(db, caller=caller, id_or_slug=course_id)
    is_editor = can_edit_course(course, caller)
    shown = CourseWithOutline.of(course)
    answer = reply(shown if is_editor else shown.for_everyone(), "Course.")
    answer.headers.update(version_tag(course.version) if is_editor else {})
    return cacheable(request, answer, max_age=DETAIL_SECONDS)
