"""SQL of cohorts: of those who enrolled in one month, how many were active in another (UTC)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all
from coursify.modules.analytics.models import Cohort, CohortSize
from coursify.modules.analytics.queries.activity import SCOPE, SCOPE_ID

_SCOPES: Final = """
    GROUPING SETS (
        (enrolled_in, active_in, course_id), (enrolled_in, active_in, instructor_id), (enrolled_in, active_in)
    )
"""


async def upsert_cohorts(db: Connection, *, since: datetime, until: datetime) -> int:
    """Enrollments in which a lesson was completed in the months from `since` on and before `until`."""
    return await execute(
        db,
        f"""
        INSERT INTO cohort_rollups AS kept (scope, scope_id, enrolled_in, active_in, learners)
        SELECT {SCOPE}, {SCOPE_ID}, enrolled_in, active_in, count(*)
        FROM (
            SELECT enrolled.course_id, courses.instructor_id, active.active_in,
                   date_trunc('month', enrolled.enrolled_at, 'UTC')::date AS enrolled_in
            FROM (
                SELECT DISTINCT enrollment_id, date_trunc('month', completed_at, 'UTC')::date AS active_in
                FROM lesson_progress WHERE completed_at >= %(since)s AND completed_at < %(until)s
            ) AS active JOIN enrollments AS enrolled ON enrolled.id = active.enrollment_id
            JOIN courses ON courses.id = enrolled.course_id
        ) AS facts
        GROUP BY {_SCOPES}
        ON CONFLICT (scope_id, enrolled_in, active_in) DO UPDATE SET learners = EXCLUDED.learners
        WHERE kept.learners <> EXCLUDED.learners
        """,
        since=since,
        until=until,
    )


async def delete_cohorts(db: Connection, *, since: datetime, until: datetime) -> int:
    """By the month of activity."""
    return await execute(
        db,
        """
        DELETE FROM cohort_rollups
        WHERE active_in >= (%(since)s::timestamptz AT TIME ZONE 'UTC')::date
          AND active_in < (%(until)s::timestamptz AT TIME ZONE 'UTC')::date
        """,
        since=since,
        until=until,
    )


async def list_cohorts(db: Connection, scope_id: UUID, *, since: date, until: date) -> list[Cohort]:
    """Cohorts of the months from `since` on and before `until`, with the activity of the same months."""
    return await fetch_all(
        db,
        Cohort,
        """
        SELECT enrolled_in, active_in, learners FROM cohort_rollups
        WHERE scope_id = %(scope_id)s AND enrolled_in >= %(since)s AND enrolled_in < %(until)s
          AND active_in < %(until)s
        ORDER BY enrolled_in, active_in
        """,
        scope_id=scope_id,
        since=since,
        until=until,
    )


async def list_cohort_sizes(db: Connection, scope_id: UUID, *, since: datetime, until: datetime) -> list[CohortSize]:
    """How many enrolled in each month; months without anyone are left out."""
    return await fetch_all(
        db,
        CohortSize,
        """
        SELECT (started_at AT TIME ZONE 'UTC')::date AS enrolled_in, enrollments FROM activity_rollups
        WHERE scope_id = %(scope_id)s AND grain = 'month' AND started_at >= %(since)s AND started_at < %(until)s
          AND enrollments > 0
        ORDER BY started_at
        """,
        scope_id=scope_id,
        since=since,
        until=until,
    )
