"""SQL that computes what happened from the facts of the modules below. Amounts of money are in revenue.py.

Each statement writes the periods of one grain that begin from `since` on and before `until`, both the begin of such a
period. A row is written only when it changes; the result are the ids of the scopes whose rows changed. A fact has one
time, and no fact but erased progress ever goes away.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_values
from coursify.modules.analytics.periods import Grain

# A course, its instructor and the platform, from rows with `course_id`, `instructor_id` and `started_at`.
SCOPES: Final = "GROUPING SETS ((started_at, course_id), (started_at, instructor_id), (started_at))"
SCOPE: Final = """
    CASE WHEN grouping(course_id) = 0 THEN 'course' WHEN grouping(instructor_id) = 0 THEN 'instructor'
         ELSE 'platform' END
"""
SCOPE_ID: Final = """
    CASE WHEN grouping(course_id) = 0 THEN course_id WHEN grouping(instructor_id) = 0 THEN instructor_id
         ELSE '00000000-0000-0000-0000-000000000000'::uuid END
"""
# Sign-ups belong to no course.
OF_SOMETHING: Final = """
    (grouping(course_id) = 1 OR course_id IS NOT NULL) AND (grouping(instructor_id) = 1 OR instructor_id IS NOT NULL)
"""
_FACTS: Final = """
    SELECT 'checkout' AS kind, line.course_id, line.instructor_id, orders.id AS thing_id, orders.created_at AS at
    FROM orders JOIN order_lines AS line ON line.order_id = orders.id
    WHERE orders.created_at >= %(since)s AND orders.created_at < %(until)s
    UNION ALL
    SELECT 'payment', line.course_id, line.instructor_id, orders.id, orders.paid_at
    FROM orders JOIN order_lines AS line ON line.order_id = orders.id
    WHERE orders.paid_at >= %(since)s AND orders.paid_at < %(until)s AND orders.total_minor > 0
    UNION ALL
    SELECT 'enrollment', enrolled.course_id, courses.instructor_id, enrolled.id, enrolled.enrolled_at
    FROM enrollments AS enrolled JOIN courses ON courses.id = enrolled.course_id
    WHERE enrolled.enrolled_at >= %(since)s AND enrolled.enrolled_at < %(until)s
    UNION ALL
    SELECT 'completion', enrolled.course_id, courses.instructor_id, enrolled.id, enrolled.completed_at
    FROM enrollments AS enrolled JOIN courses ON courses.id = enrolled.course_id
    WHERE enrolled.completed_at >= %(since)s AND enrolled.completed_at < %(until)s
    UNION ALL
    SELECT 'rating', reviews.course_id, courses.instructor_id, reviews.id, reviews.created_at
    FROM reviews JOIN courses ON courses.id = reviews.course_id
    WHERE reviews.created_at >= %(since)s AND reviews.created_at < %(until)s
    UNION ALL
    SELECT 'sign_up', NULL, NULL, users.id, users.created_at
    FROM users WHERE users.created_at >= %(since)s AND users.created_at < %(until)s
"""


async def upsert_activity(
    db: Connection, *, grain: Grain, width: timedelta, since: datetime, until: datetime
) -> list[UUID]:
    """Checkouts, payments, enrollments, completions, ratings and sign-ups. An order counts once in each scope."""
    return await fetch_values(
        db,
        UUID,
        f"""
        INSERT INTO activity_rollups AS kept
            (scope, scope_id, grain, started_at, sign_ups, checkouts, payments, enrollments, completions, ratings)
        SELECT {SCOPE}, {SCOPE_ID}, %(grain)s, started_at,
               count(*) FILTER (WHERE kind = 'sign_up'),
               count(DISTINCT thing_id) FILTER (WHERE kind = 'checkout'),
               count(DISTINCT thing_id) FILTER (WHERE kind = 'payment'),
               count(*) FILTER (WHERE kind = 'enrollment'),
               count(*) FILTER (WHERE kind = 'completion'),
               count(*) FILTER (WHERE kind = 'rating')
        FROM (
            SELECT kind, course_id, instructor_id, thing_id,
                   date_bin(%(width)s::interval, at, '2000-01-01T00:00:00Z') AS started_at
            FROM ({_FACTS}) AS facts
        ) AS facts
        GROUP BY {SCOPES} HAVING {OF_SOMETHING}
        ON CONFLICT (scope_id, grain, started_at) DO UPDATE SET
            sign_ups = EXCLUDED.sign_ups, checkouts = EXCLUDED.checkouts, payments = EXCLUDED.payments,
            enrollments = EXCLUDED.enrollments, completions = EXCLUDED.completions, ratings = EXCLUDED.ratings
        WHERE (kept.sign_ups, kept.checkouts, kept.payments, kept.enrollments, kept.completions, kept.ratings)
            <> (EXCLUDED.sign_ups, EXCLUDED.checkouts, EXCLUDED.payments, EXCLUDED.enrollments,
                EXCLUDED.completions, EXCLUDED.ratings)
        RETURNING scope_id
        """,
        grain=grain,
        width=width,
        since=since,
        until=until,
    )


async def upsert_views(db: Connection, *, since: datetime, until: datetime) -> list[UUID]:
    """Views and viewers by UTC day; of an instructor and the platform the viewers of each course, added."""
    return await fetch_values(
        db,
        UUID,
        f"""
        INSERT INTO activity_rollups AS kept (scope, scope_id, grain, started_at, views, viewers)
        SELECT {SCOPE}, {SCOPE_ID}, 'day', started_at, sum(views)::bigint, sum(viewers)::bigint
        FROM (
            SELECT viewed.course_id, courses.instructor_id, viewed.views, viewed.viewers,
                   viewed.day::timestamp AT TIME ZONE 'UTC' AS started_at
            FROM course_views AS viewed JOIN courses ON courses.id = viewed.course_id
            WHERE viewed.day >= (%(since)s::timestamptz AT TIME ZONE 'UTC')::date
              AND viewed.day < (%(until)s::timestamptz AT TIME ZONE 'UTC')::date
        ) AS facts
        GROUP BY {SCOPES}
        ON CONFLICT (scope_id, grain, started_at) DO UPDATE SET views = EXCLUDED.views, viewers = EXCLUDED.viewers
        WHERE (kept.views, kept.viewers) <> (EXCLUDED.views, EXCLUDED.viewers)
        RETURNING scope_id
        """,
        since=since,
        until=until,
    )


async def upsert_learners(db: Connection, *, since: datetime, until: datetime) -> list[UUID]:
    """Learners who completed a lesson on a UTC day, each once for each scope."""
    return await fetch_values(
        db,
        UUID,
        f"""
        INSERT INTO activity_rollups AS kept (scope, scope_id, grain, started_at, learners)
        SELECT {SCOPE}, {SCOPE_ID}, 'day', started_at, count(DISTINCT user_id)
        FROM (
            SELECT DISTINCT enrolled.course_id, courses.instructor_id, enrolled.user_id,
                   date_trunc('day', progress.completed_at, 'UTC') AS started_at
            FROM lesson_progress AS progress JOIN enrollments AS enrolled ON enrolled.id = progress.enrollment_id
            JOIN courses ON courses.id = enrolled.course_id
            WHERE progress.completed_at >= %(since)s AND progress.completed_at < %(until)s
        ) AS facts
        GROUP BY {SCOPES}
        ON CONFLICT (scope_id, grain, started_at) DO UPDATE SET learners = EXCLUDED.learners
        WHERE kept.learners <> EXCLUDED.learners
        RETURNING scope_id
        """,
        since=since,
        until=until,
    )


async def upsert_lessons(db: Connection, *, since: datetime, until: datetime) -> list[UUID]:
    """How often each lesson was completed, by UTC day."""
    return await fetch_values(
        db,
        UUID,
        """
        INSERT INTO activity_rollups AS kept (scope, scope_id, grain, started_at, completions)
        SELECT 'lesson', lesson_id, 'day', date_trunc('day', completed_at, 'UTC'), count(*)
        FROM lesson_progress WHERE completed_at >= %(since)s AND completed_at < %(until)s
        GROUP BY lesson_id, date_trunc('day', completed_at, 'UTC')
        ON CONFLICT (scope_id, grain, started_at) DO UPDATE SET completions = EXCLUDED.completions
        WHERE kept.completions <> EXCLUDED.completions
        RETURNING scope_id
        """,
        since=since,
        until=until,
    )


async def upsert_activity_months(db: Connection, scope_ids: list[UUID], *, since: datetime, until: datetime) -> int:
    """The months of these scopes, each the sum of its stored days."""
    return await execute(
        db,
        """
        INSERT INTO activity_rollups AS kept
            (scope, scope_id, grain, started_at, sign_ups, checkouts, payments, enrollments, completions, ratings,
             views, viewers, learners)
        SELECT scope, scope_id, 'month', date_trunc('month', started_at, 'UTC'), sum(sign_ups)::bigint,
               sum(checkouts)::bigint, sum(payments)::bigint, sum(enrollments)::bigint, sum(completions)::bigint,
               sum(ratings)::bigint, sum(views)::bigint, sum(viewers)::bigint, sum(learners)::bigint
        FROM activity_rollups
        WHERE scope_id = ANY(%(scope_ids)s) AND grain = 'day' AND started_at >= %(since)s AND started_at < %(until)s
        GROUP BY scope, scope_id, date_trunc('month', started_at, 'UTC')
        ON CONFLICT (scope_id, grain, started_at) DO UPDATE SET
            sign_ups = EXCLUDED.sign_ups, checkouts = EXCLUDED.checkouts, payments = EXCLUDED.payments,
            enrollments = EXCLUDED.enrollments, completions = EXCLUDED.completions, ratings = EXCLUDED.ratings,
            views = EXCLUDED.views, viewers = EXCLUDED.viewers, learners = EXCLUDED.learners
        WHERE (kept.sign_ups, kept.checkouts, kept.payments, kept.enrollments, kept.completions, kept.ratings,
               kept.views, kept.viewers, kept.learners)
            <> (EXCLUDED.sign_ups, EXCLUDED.checkouts, EXCLUDED.payments, EXCLUDED.enrollments, EXCLUDED.completions,
                EXCLUDED.ratings, EXCLUDED.views, EXCLUDED.viewers, EXCLUDED.learners)
        """,
        scope_ids=scope_ids,
        since=since,
        until=until,
    )


async def delete_activity(db: Connection, *, since: datetime, until: datetime) -> list[UUID]:
    """Every quarter-hour, hour and day of the range."""
    return await fetch_values(
        db,
        UUID,
        """
        DELETE FROM activity_rollups
        WHERE grain IN ('quarter', 'hour', 'day') AND started_at >= %(since)s AND started_at < %(until)s
        RETURNING scope_id
        """,
        since=since,
        until=until,
    )


async def delete_months(db: Connection, scope_ids: list[UUID], *, since: datetime, until: datetime) -> int:
    """The months of activity and money of these scopes."""
    return await execute(
        db,
        """
        WITH money AS (
            DELETE FROM revenue_rollups WHERE scope_id = ANY(%(scope_ids)s) AND grain = 'month'
                AND started_at >= %(since)s AND started_at < %(until)s
        )
        DELETE FROM activity_rollups WHERE scope_id = ANY(%(scope_ids)s) AND grain = 'month'
            AND started_at >= %(since)s AND started_at < %(until)s
        """,
        scope_ids=scope_ids,
        since=since,
        until=until,
    )


async def delete_old_quarters(db: Connection, *, before: datetime) -> int:
    """Quarter-hours of activity and money that began earlier."""
    return await execute(
        db,
        """
        WITH money AS (DELETE FROM revenue_rollups WHERE grain = 'quarter' AND started_at < %(before)s)
        DELETE FROM activity_rollups WHERE grain = 'quarter' AND started_at < %(before)s
        """,
        before=before,
    )
