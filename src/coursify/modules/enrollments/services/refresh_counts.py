"""The catalogue's counter of learners follows the grants, a minute behind, outside every buyer's transaction."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Database
from coursify.modules.courses.queries import counters
from coursify.modules.enrollments.queries import enrollments


async def refresh_counts(database: Database, *, since: datetime) -> None:
    """Count anew every course that someone gained or lost access to since then."""
    now = await database.now()
    async with database.read() as db:
        counts = await enrollments.list_enrollment_counts(db, since=since, now=now)
    for counted in counts:
        async with database.transaction() as (db, _now):
            await counters.set_enrollment_count(db, counted.course_id, enrollment_count=counted.enrollment_count)
