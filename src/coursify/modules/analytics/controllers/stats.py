"""Statistics of the platform, of an instructor's courses and of one course."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from coursify.core.http import Configuration, Router, SignedIn, WithDatabase, failures
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.analytics.guards import STATS_RESPONSES, Accept, reply_statistics
from coursify.modules.analytics.models import PLATFORM_ID
from coursify.modules.analytics.schemas.incoming import StatsQuery
from coursify.modules.analytics.schemas.outgoing import AdminStats, CourseStats, InstructorStats
from coursify.modules.analytics.services.read_course_statistics import read_course_statistics
from coursify.modules.analytics.services.read_statistics import read_statistics
from coursify.modules.courses.errors import CourseNotFound, NotYourCourse
from coursify.modules.courses.guards import OWNER_OR_ADMIN

router = Router(tag="statistics")
admin_router = Router(tag="admin")


@admin_router.get(
    "/admin/stats",
    operation_id="get_admin_stats",
    policy=Policy(Who.ADMIN, rate="read"),
    response_model=Envelope[AdminStats],
    responses=STATS_RESPONSES,
)
async def get_admin_stats(
    query: Annotated[StatsQuery, Query()], database: WithDatabase, settings: Configuration, accept: Accept = None
) -> Response:
    """Statistics of the whole platform, as JSON or CSV. A fact is counted within two minutes."""
    now = await database.now()
    span, currency = query.span(now), query.currency or settings.app.default_currency
    async with database.read() as db:
        found = await read_statistics(
            db, PLATFORM_ID, span=span, now=now, popular_by=query.popular, popular_currency=currency
        )
    return reply_statistics(AdminStats.of(found), query, accept)


@router.get(
    "/instructors/me/stats",
    operation_id="get_my_stats",
    policy=Policy(Who.INSTRUCTOR, rule="one's own", rate="read"),
    response_model=Envelope[InstructorStats],
    responses=STATS_RESPONSES,
)
async def get_my_stats(
    caller: SignedIn,
    query: Annotated[StatsQuery, Query()],
    database: WithDatabase,
    settings: Configuration,
    accept: Accept = None,
) -> Response:
    """Statistics of all your courses together, as JSON or CSV. A fact is counted within two minutes."""
    now = await database.now()
    span, currency, by = query.span(now), query.currency or settings.app.default_currency, query.popular
    me = caller.user_id
    async with database.read() as db:
        found = await read_statistics(
            db, me, span=span, now=now, popular_by=by, popular_currency=currency, instructor_id=me
        )
    return reply_statistics(InstructorStats.of(found), query, accept)


@router.get(
    "/courses/{course_id}/stats",
    operation_id="get_course_stats",
    policy=Policy(Who.INSTRUCTOR, rule=OWNER_OR_ADMIN, rate="read"),
    response_model=Envelope[CourseStats],
    responses={**STATS_RESPONSES, **failures(CourseNotFound, NotYourCourse)},
)
async def get_course_stats(
    course_id: UUID,
    caller: SignedIn,
    query: Annotated[StatsQuery, Query()],
    database: WithDatabase,
    accept: Accept = None,
) -> Response:
    """Statistics of one course and of its lessons, as JSON or CSV. A fact is counted within two minutes."""
    now = await database.now()
    span = query.span(now)
    async with database.read() as db:
        found = await read_course_statistics(db, caller=caller, course_id=course_id, span=span, now=now)
    return reply_statistics(CourseStats.of(found), query, accept)
