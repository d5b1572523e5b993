"""SQL of rankings: courses by a figure of a range of days, and the scores of trending courses."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from coursify.core.database import Connection, fetch_all
from coursify.modules.analytics.models import CourseScore, RankedCourse

_FIGURES: Final = {"enrollments": "enrollments", "views": "viewers"}
_OF_COURSES: Final = """
    scope = 'course' AND grain = 'month' AND started_at >= %(months_from)s AND started_at < %(months_until)s
"""
_DAYS_BEFORE: Final = "scope = 'course' AND grain = 'day' AND started_at >= %(since)s AND started_at < %(months_from)s"
_DAYS_AFTER: Final = "scope = 'course' AND grain = 'day' AND started_at >= %(months_until)s AND started_at < %(until)s"


async def rank_by_activity(
    db: Connection,
    *,
    figure: Literal["enrollments", "views"],
    instructor_id: UUID | None,
    since: datetime,
    months_from: datetime,
    months_until: datetime,
    until: datetime,
    limit: int,
) -> list[RankedCourse]:
    """Courses with the most, all or those of one instructor; deleted ones are left out."""
    owner = {} if instructor_id is None else {"instructor_id": instructor_id}
    return await fetch_all(
        db,
        RankedCourse,
        compose_ranking("activity_rollups", _FIGURES[figure], has_owner=bool(owner)),
        since=since,
        months_from=months_from,
        months_until=months_until,
        until=until,
        limit=limit,
        **owner,
    )


async def rank_by_revenue(
    db: Connection,
    *,
    currency: str,
    instructor_id: UUID | None,
    since: datetime,
    months_from: datetime,
    months_until: datetime,
    until: datetime,
    limit: int,
) -> list[RankedCourse]:
    """Courses with the highest net revenue in one currency."""
    owner = {} if instructor_id is None else {"instructor_id": instructor_id}
    return await fetch_all(
        db,
        RankedCourse,
        compose_ranking("revenue_rollups", "gross_minor - refunded_minor", has_owner=bool(owner), has_currency=True),
        currency=currency,
        since=since,
        months_from=months_from,
        months_until=months_until,
        until=until,
        limit=limit,
        **owner,
    )


async def rank_by_trend(db: Connection, *, instructor_id: UUID | None, limit: int) -> list[RankedCourse]:
    """Courses on sale with the highest trending score."""
    owner = {} if instructor_id is None else {"instructor_id": instructor_id}
    return await fetch_all(
        db,
        RankedCourse,
        f"""
        SELECT id AS course_id, slug, title, trending_score AS score FROM courses
        WHERE status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL AND trending_score > 0
              {"AND instructor_id = %(instructor_id)s" if owner else ""}
        ORDER BY trending_score DESC, id DESC LIMIT %(limit)s
        """,
        limit=limit,
        **owner,
    )


async def list_changed_scores(
    db: Connection, *, since: datetime, now: datetime, enrollment_weight: int, half_life_days: int
) -> list[CourseScore]:
    """Trending scores that differ from the stored ones.

    A score is the viewers and the weighted enrollments of each day, halved for each half-life since that day, in
    thousandths. Enrollments weigh as much as the part of all of the course's enrollments that still has access.
    """
    return await fetch_all(
        db,
        CourseScore,
        """
        WITH recent AS (
            SELECT scope_id AS course_id,
                   sum(enrollments * weight) AS enrollments, sum(viewers * weight) AS viewers
            FROM (
                SELECT scope_id, enrollments, viewers, power(0.5::float8,
                    ((%(now)s::timestamptz AT TIME ZONE 'UTC')::date - (started_at AT TIME ZONE 'UTC')::date)
                    / %(half_life_days)s::float8) AS weight
                FROM activity_rollups
                WHERE scope = 'course' AND grain = 'day' AND started_at >= %(since)s AND started_at <= %(now)s
            ) AS days GROUP BY scope_id
        ), enrolled AS (
            SELECT scope_id AS course_id, sum(enrollments)::float8 AS ever FROM activity_rollups
            WHERE scope = 'course' AND grain = 'month' GROUP BY scope_id
        ), scores AS (
            SELECT courses.id AS course_id, courses.trending_score,
                   round(1000 * (coalesce(recent.viewers, 0)
                       + %(enrollment_weight)s::float8 * coalesce(recent.enrollments, 0)
                         * least(1, courses.enrollment_count / greatest(enrolled.ever, 1))))::bigint AS score
            FROM courses LEFT JOIN recent ON recent.course_id = courses.id
            LEFT JOIN enrolled ON enrolled.course_id = courses.id
            WHERE courses.deleted_at IS NULL
        )
        SELECT course_id, coalesce(score, 0) AS score FROM scores
        WHERE coalesce(score, 0) <> trending_score ORDER BY course_id
        """,
        since=since,
        now=now,
        enrollment_weight=enrollment_weight,
        half_life_days=half_life_days,
    )


def compose_ranking(table: str, figure: str, *, has_owner: bool, has_currency: bool = False) -> str:
    """Whole months are read from months, the days around them from days; each part reads one range of the index."""
    money = "AND currency = %(currency)s" if has_currency else ""
    parts = " UNION ALL ".join(
        f"SELECT scope_id, {figure} AS figure FROM {table} WHERE {rows} {money}"
        for rows in (_OF_COURSES, _DAYS_BEFORE, _DAYS_AFTER)
    )
    return f"""
        SELECT course.id AS course_id, course.slug, course.title, ranked.score
        FROM (SELECT scope_id, sum(figure)::bigint AS score FROM ({parts}) AS figures GROUP BY scope_id) AS ranked
        JOIN courses AS course ON course.id = ranked.scope_id
        WHERE ranked.score > 0 AND course.deleted_at IS NULL
              {"AND course.instructor_id = %(instructor_id)s" if has_owner else ""}
        ORDER BY ranked.score DESC, course.id DESC LIMIT %(limit)s
    """
