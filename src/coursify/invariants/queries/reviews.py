"""What must be true of reviews."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection, fetch_records
from coursify.invariants.models import Rows


async def reviews_twice(db: Connection, *, now: datetime) -> Rows:
    """A person has at most one live review of a course."""
    return await fetch_records(
        db,
        """
        SELECT user_id, course_id, count(*) FROM reviews WHERE deleted_at IS NULL
        GROUP BY user_id, course_id HAVING count(*) > 1
        """,
        now=now,
    )


async def ratings_unlike_reviews(db: Connection, *, now: datetime) -> Rows:
    """A course's sum, count and distribution of ratings are those of its live, visible reviews."""
    return await fetch_records(
        db,
        """
        SELECT courses.id AS course_id, courses.rating_sum, courses.rating_count, courses.rating_counts
        FROM courses LEFT JOIN reviews ON reviews.course_id = courses.id
            AND reviews.deleted_at IS NULL AND reviews.status = 'visible'
        GROUP BY courses.id
        HAVING courses.rating_sum <> coalesce(sum(reviews.rating), 0) OR courses.rating_count <> count(reviews.id)
            OR courses.rating_counts <> ARRAY[
                count(*) FILTER (WHERE reviews.rating = 1), count(*) FILTER (WHERE reviews.rating = 2),
                count(*) FILTER (WHERE reviews.rating = 3), count(*) FILTER (WHERE reviews.rating = 4),
                count(*) FILTER (WHERE reviews.rating = 5)]::integer[]
        """,
        now=now,
    )


async def reviews_by_strangers(db: Connection, *, now: datetime) -> Rows:
    """A live review has 1 to 5 stars, by someone who was enrolled before writing it and does not teach the course."""
    return await fetch_records(
        db,
        """
        SELECT reviews.id AS review_id, reviews.rating FROM reviews JOIN courses ON courses.id = reviews.course_id
        WHERE reviews.deleted_at IS NULL AND (
            reviews.rating NOT BETWEEN 1 AND 5 OR reviews.user_id = courses.instructor_id
            OR NOT EXISTS (
                SELECT FROM enrollments JOIN access_grants ON access_grants.enrollment_id = enrollments.id
                WHERE enrollments.user_id = reviews.user_id AND enrollments.course_id = reviews.course_id
                  AND access_grants.granted_at <= reviews.created_at))
        """,
        now=now,
    )
