"""A single course, for anyone while it is on sale and for its learners always."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from coursify.core.answers import ANY
from coursify.core.http import MaybeSignedIn, Router, WithDatabase, failures, reply
from coursify.core.http.conditional import cacheable, version_tag
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.guards import IdOrSlug
from coursify.modules.courses.policies import can_edit_course
from coursify.modules.courses.schemas.catalogue_query import CourseQuery
from coursify.modules.courses.schemas.outgoing import CourseSummary, CourseWithOutline
from coursify.modules.enrollments.services.list_related import list_related
from coursify.modules.enrollments.services.open_course import open_course
from coursify.modules.storefront.schemas import detail, summaries
from coursify.modules.storefront.services.find_surroundings import find_surroundings

router = Router(tag="courses")

DETAIL_SECONDS = 15
RELATED_SECONDS = 300


@router.get(
    "/courses/{course_id}",
    operation_id="get_course",
    policy=Policy(
        Who.ANYONE, rule="on sale, or the caller's own, or one they were enrolled in; an admin sees all", rate="read"
    ),
    response_model=Envelope[CourseWithOutline],
    responses=failures(CourseNotFound),
    is_cached=True,
)
async def get_course(
    request: Request,
    course_id: IdOrSlug,
    query: Annotated[CourseQuery, Query()],
    caller: MaybeSignedIn,
    database: WithDatabase,
) -> Response:
    """A course with the titles of its lessons, while it is on sale; its learners, owner and admins see it always.

    With a credential, `me` says what the course is to the caller.
    """
    now = await database.now() if caller else None
    async with database.read() as db:
        course = await open_course(db, caller=caller, id_or_slug=course_id)
        around = await find_surroundings(db, caller=caller, courses=[course], expand=query.expand, now=now)
    is_editor = can_edit_course(course, caller)
    shown = detail(course, around[course.id])
    answer = reply(shown if is_editor else shown.for_everyone(), "Course.")
    answer.headers.update(version_tag(course.version) if is_editor else {})
    # What is expanded may be about other things than the course.
    topics = [str(course.id), *([ANY] if query.expand else [])]
    return cacheable(request, answer, max_age=DETAIL_SECONDS, topics=topics)


@router.get(
    "/courses/{course_id}/related",
    operation_id="list_related_courses",
    policy=Policy(Who.ANYONE, rule="of a course that the caller may see", rate="read"),
    response_model=Envelope[list[CourseSummary]],
    responses=failures(CourseNotFound),
    is_cached=True,
)
async def get_related_courses(
    request: Request, course_id: IdOrSlug, caller: MaybeSignedIn, database: WithDatabase
) -> Response:
    """Up to 12 courses on sale that its learners learn as well, then those with the same words or category."""
    now = await database.now() if caller else None
    async with database.read() as db:
        courses = await list_related(db, caller=caller, id_or_slug=course_id)
        around = await find_surroundings(db, caller=caller, courses=courses, now=now)
    answer = reply(summaries(courses, around), "Related courses.")
    return cacheable(request, answer, max_age=RELATED_SECONDS, topics=[ANY])
