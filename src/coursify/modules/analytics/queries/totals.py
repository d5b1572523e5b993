"""SQL that adds the figures of scopes over days: whole months from months, the days around them from days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all
from coursify.modules.analytics.models import LessonCompletions, ScopeActivity, ScopeRevenue

# Each scope and part is one range of the index, whatever the planner expects.
_PARTS: Final = """
    unnest(%(scope_ids)s::uuid[]) AS wanted (scope_id)
    CROSS JOIN (VALUES ('month', %(months_from)s::timestamptz, %(months_until)s::timestamptz),
                       ('day', %(since)s, %(months_from)s),
                       ('day', %(months_until)s, %(until)s)) AS part (grain, since, until)
"""
_OF_PART: Final = """
    kept.scope_id = wanted.scope_id AND kept.grain = part.grain
    AND kept.started_at >= part.since AND kept.started_at < part.until
"""


async def sum_activity(
    db: Connection,
    scope_ids: Sequence[UUID],
    *,
    since: datetime,
    months_from: datetime,
    months_until: datetime,
    until: datetime,
) -> list[ScopeActivity]:
    """Scopes without anything are left out."""
    return await fetch_all(
        db,
        ScopeActivity,
        f"""
        SELECT wanted.scope_id, sum(counted.sign_ups)::bigint AS sign_ups, sum(counted.checkouts)::bigint AS checkouts,
               sum(counted.payments)::bigint AS payments, sum(counted.enrollments)::bigint AS enrollments,
               sum(counted.completions)::bigint AS completions, sum(counted.ratings)::bigint AS ratings,
               sum(counted.viewers)::bigint AS views
        FROM {_PARTS} CROSS JOIN LATERAL (
            SELECT count(*) AS rows, sum(sign_ups)::bigint AS sign_ups, sum(checkouts)::bigint AS checkouts,
                   sum(payments)::bigint AS payments, sum(enrollments)::bigint AS enrollments,
                   sum(completions)::bigint AS completions, sum(ratings)::bigint AS ratings,
                   sum(viewers)::bigint AS viewers
            FROM activity_rollups AS kept WHERE {_OF_PART}
        ) AS counted
        WHERE counted.rows > 0 GROUP BY wanted.scope_id
        """,
        scope_ids=list(scope_ids),
        since=since,
        months_from=months_from,
        months_until=months_until,
        until=until,
    )


async def sum_revenue(
    db: Connection,
    scope_ids: Sequence[UUID],
    *,
    since: datetime,
    months_from: datetime,
    months_until: datetime,
    until: datetime,
) -> list[ScopeRevenue]:
    """By scope and currency."""
    return await fetch_all(
        db,
        ScopeRevenue,
        f"""
        SELECT wanted.scope_id, booked.currency, sum(booked.gross_minor)::bigint AS gross_minor,
               sum(booked.discount_minor)::bigint AS discount_minor,
               sum(booked.refunded_minor)::bigint AS refunded_minor, sum(booked.fees_minor)::bigint AS fees_minor,
               sum(booked.instructor_share_minor)::bigint AS instructor_share_minor
        FROM {_PARTS} CROSS JOIN LATERAL (
            SELECT currency, sum(gross_minor)::bigint AS gross_minor, sum(discount_minor)::bigint AS discount_minor,
                   sum(refunded_minor)::bigint AS refunded_minor, sum(fees_minor)::bigint AS fees_minor,
                   sum(instructor_share_minor)::bigint AS instructor_share_minor
            FROM revenue_rollups AS kept WHERE {_OF_PART} GROUP BY currency
        ) AS booked
        GROUP BY wanted.scope_id, booked.currency ORDER BY wanted.scope_id, booked.currency
        """,
        scope_ids=list(scope_ids),
        since=since,
        months_from=months_from,
        months_until=months_until,
        until=until,
    )


async def list_lesson_completions(db: Connection, course_id: UUID) -> list[LessonCompletions]:
    """Every live lesson of a course in its order, with its completions of all time."""
    return await fetch_all(
        db,
        LessonCompletions,
        """
        SELECT lesson.id AS lesson_id, lesson.title, coalesce(lesson.position, 0) AS position, coalesce((
                   SELECT sum(completions) FROM activity_rollups WHERE scope_id = lesson.id AND grain = 'month'
               ), 0)::bigint AS completions
        FROM lessons AS lesson WHERE lesson.course_id = %(course_id)s AND lesson.deleted_at IS NULL
        ORDER BY lesson.position
        """,
        course_id=course_id,
    )
