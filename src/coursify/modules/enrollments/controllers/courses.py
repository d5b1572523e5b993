"""A single course, for anyone while it is on sale and for its learners always."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from coursify.core.http import MaybeSignedIn, Router, WithDatabase, failures, reply
from coursify.core.http.conditional import cacheable
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.guards import IdOrSlug
from coursify.modules.enrollments.schemas import SpokenPassageOut, SpokenQuery
from coursify.modules.enrollments.services.search_course import search_course

router = Router(tag="courses")

DETAIL_SECONDS = 15
RELATED_SECONDS = 300


@router.get(
    "/courses/{course_id}/search",
    operation_id="search_course",
    policy=Policy(Who.ANYONE, rule="all lessons: learners, its instructor, admins; previews: anyone", rate="read"),
    response_model=Envelope[list[SpokenPassageOut]],
    responses=failures(CourseNotFound),
)
async def search_in_course(
    request: Request,
    course_id: IdOrSlug,
    query: Annotated[SpokenQuery, Query()],
    caller: MaybeSignedIn,
    database: WithDatabase,
) -> Response:
    """Where the captions of a course have all words: the lesson and the second. At most 100 passages."""
    now = await database.now()
    async with database.read() as db:
        found = await search_course(db, caller=caller, id_or_slug=course_id, text=query.q, now=now)
    answer = reply([SpokenPassageOut.model_validate(one) for one in found], "Passages in the order of the lessons.")
    return cacheable(request, answer, max_age=DETAIL_SECONDS)
