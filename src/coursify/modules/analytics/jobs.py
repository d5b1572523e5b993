"""The periodic jobs of analytics, and the weekly digest."""

from __future__ import annotations

from uuid import UUID

from coursify.core.deadline import Deadline
from coursify.core.jobs import CLOCK_SECONDS
from coursify.core.resources import CoreResources
from coursify.modules.analytics.services import refresh_cohorts as cohorts
from coursify.modules.analytics.services import refresh_rollups as rollups
from coursify.modules.analytics.services import score_courses as scores
from coursify.modules.analytics.services import send_digests as digests
from coursify.modules.analytics.services import tidy_rollups as tidying


async def refresh_rollups(resources: CoreResources) -> None:
    await rollups.refresh_rollups(resources.database, deadline=Deadline.within(CLOCK_SECONDS))


async def refresh_cohorts(resources: CoreResources) -> None:
    await cohorts.refresh_cohorts(resources.database)


async def tidy_rollups(resources: CoreResources) -> None:
    await tidying.tidy_rollups(resources.database)


async def score_courses(resources: CoreResources) -> None:
    await scores.score_courses(resources.database, deadline=Deadline.within(CLOCK_SECONDS))


async def begin_digests(resources: CoreResources) -> None:
    async with resources.database.transaction() as (db, now):
        await digests.begin_digests(db, now=now)


async def send_digests_job(resources: CoreResources, week: int, after_id: str) -> None:
    await digests.send_digests(
        resources.database, week=week, after_id=UUID(after_id), deadline=Deadline.within(CLOCK_SECONDS)
    )
