"""The SQL of the weekly digest: what an instructor sold, and what is new for a learner."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_one
from coursify.modules.analytics.models import LearningWeek, SalesWeek, TaughtCourseWeek, TeachingWeek
from coursify.modules.enrollments.queries.conditions import IS_OPEN


async def sum_teaching(db: Connection, instructor_id: UUID, *, since: datetime, until: datetime) -> TeachingWeek:
    """From the stored days."""
    return await fetch_one(
        db,
        TeachingWeek,
        """
        SELECT coalesce(sum(enrollments), 0)::bigint AS enrollments, coalesce(sum(ratings), 0)::bigint AS ratings
        FROM activity_rollups
        WHERE scope_id = %(instructor_id)s AND scope = 'instructor' AND grain = 'day'
          AND started_at >= %(since)s AND started_at < %(until)s
        """,
        instructor_id=instructor_id,
        since=since,
        until=until,
    )


async def list_taught_courses(
    db: Connection, instructor_id: UUID, *, since: datetime, until: datetime, limit: int
) -> list[TaughtCourseWeek]:
    """The instructor's courses with enrollments or reviews in these days, the busiest first, from the stored days."""
    return await fetch_all(
        db,
        TaughtCourseWeek,
        """
        SELECT courses.title AS course_title, sum(activity.enrollments)::bigint AS enrollments,
               sum(activity.ratings)::bigint AS ratings
        FROM courses JOIN activity_rollups AS activity ON activity.scope_id = courses.id
        WHERE courses.instructor_id = %(instructor_id)s AND courses.deleted_at IS NULL
          AND activity.scope = 'course' AND activity.grain = 'day'
          AND activity.started_at >= %(since)s AND activity.started_at < %(until)s
        GROUP BY courses.id HAVING sum(activity.enrollments) > 0 OR sum(activity.ratings) > 0
        ORDER BY sum(activity.enrollments) + sum(activity.ratings) DESC, courses.id LIMIT %(limit)s
        """,
        instructor_id=instructor_id,
        since=since,
        until=until,
        limit=limit,
    )


async def list_sales(db: Connection, instructor_id: UUID, *, since: datetime, until: datetime) -> list[SalesWeek]:
    """By currency, from the stored days; a currency in which nothing was booked is left out."""
    return await fetch_all(
        db,
        SalesWeek,
        """
        SELECT currency, sum(gross_minor)::bigint AS gross_minor, sum(refunded_minor)::bigint AS refunded_minor,
               sum(instructor_share_minor)::bigint AS share_minor
        FROM revenue_rollups
        WHERE scope_id = %(instructor_id)s AND scope = 'instructor' AND grain = 'day'
          AND started_at >= %(since)s AND started_at < %(until)s
        GROUP BY currency HAVING sum(gross_minor) <> 0 OR sum(refunded_minor) <> 0 ORDER BY currency
        """,
        instructor_id=instructor_id,
        since=since,
        until=until,
    )


async def list_learning(
    db: Connection, user_id: UUID, *, since: datetime, until: datetime, limit: int
) -> list[LearningWeek]:
    """The courses that this person may learn, with the lessons that were added after they were published."""
    return await fetch_all(
        db,
        LearningWeek,
        f"""
        SELECT courses.title AS course_title, count(*) AS lessons
        FROM enrollments JOIN courses ON courses.id = enrollments.course_id
        JOIN lessons ON lessons.course_id = courses.id
        WHERE enrollments.user_id = %(user_id)s AND courses.status = 'published' AND courses.deleted_at IS NULL
          AND lessons.deleted_at IS NULL AND lessons.created_at >= %(since)s AND lessons.created_at < %(until)s
          AND lessons.created_at > courses.published_at
          AND {IS_OPEN}
        GROUP BY courses.id ORDER BY casefold(courses.title COLLATE pg_unicode_fast), courses.id LIMIT %(limit)s
        """,
        user_id=user_id,
        since=since,
        until=until,
        limit=limit,
        now=until,
    )
