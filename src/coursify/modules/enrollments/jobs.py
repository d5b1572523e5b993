"""What enrollments does later: completions after a removed lesson, news of added ones, and the counters of learners."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from coursify.core.deadline import Deadline
from coursify.core.jobs import CLOCK_SECONDS
from coursify.core.resources import CoreResources
from coursify.modules.enrollments.services.announce_lessons import announce_lessons, tell_learners
from coursify.modules.enrollments.services.complete_course import complete_course
from coursify.modules.enrollments.services.refresh_counts import refresh_counts

RECENT = timedelta(minutes=10)
LONG_AGO = timedelta(days=36_500)


async def refresh_recent_counts(resources: CoreResources) -> None:
    await refresh_counts(resources.database, since=await resources.database.now() - RECENT)


async def refresh_all_counts(resources: CoreResources) -> None:
    await refresh_counts(resources.database, since=await resources.database.now() - LONG_AGO)


async def complete_course_job(resources: CoreResources, course_id: str, after_id: str, removed_at: str = "") -> None:
    """Without `removed_at`, the job was queued by an older version."""
    await complete_course(
        resources.database,
        course_id=UUID(course_id),
        after_id=UUID(after_id),
        removed_at=datetime.fromisoformat(removed_at) if removed_at else await resources.database.now(),
        deadline=Deadline.within(CLOCK_SECONDS),
    )


async def announce_lessons_job(resources: CoreResources, course_id: str) -> None:
    async with resources.database.transaction() as (db, now):
        await announce_lessons(db, course_id=UUID(course_id), now=now)


async def tell_learners_job(resources: CoreResources, announcement_id: str, after_id: str) -> None:
    await tell_learners(
        resources.database,
        announcement_id=UUID(announcement_id),
        after_id=UUID(after_id),
        deadline=Deadline.within(CLOCK_SECONDS),
    )
