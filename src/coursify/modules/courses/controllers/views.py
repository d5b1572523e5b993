"""Views of courses."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from coursify.core.http import MaybeSignedIn, Router, failures, reply
from coursify.core.policy import KIB, Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.guards import Viewer, Views
from coursify.modules.courses.services.count_view import count_view

router = Router(tag="courses")


@router.post(
    "/courses/{course_id}/view",
    operation_id="count_course_view",
    policy=Policy(Who.ANYONE, rule="on sale", rate="view", max_body_bytes=KIB),
    response_model=Envelope[None],
    status_code=202,
    responses=failures(CourseNotFound),
)
async def post_view(course_id: UUID, caller: MaybeSignedIn, viewer: Viewer, views: Views) -> Response:
    """Report that a course on sale is viewed. A viewer counts once a day; its owner and admins do not count."""
    await count_view(views, caller=caller, course_id=course_id, viewer=viewer)
    return reply(None, "View received.", status=202)
