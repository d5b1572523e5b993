"""The SQL of views: whose course is viewed, and how often on which day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from coursify.core.database import Connection, fetch_value, find_value
from coursify.modules.courses.queries.courses import IS_SALE_SUSPENDED, WITH_INSTRUCTOR


async def find_instructor_of_course_on_sale(db: Connection, course_id: UUID) -> UUID | None:
    return await find_value(
        db,
        UUID,
        f"""
        SELECT course.instructor_id FROM courses AS course {WITH_INSTRUCTOR}
        WHERE course.id = %(course_id)s AND course.status = 'published' AND course.deleted_at IS NULL
          AND NOT {IS_SALE_SUSPENDED}
        """,
        course_id=course_id,
    )


async def add_views(
    db: Connection, *, course_ids: Sequence[UUID], days: Sequence[date], views: Sequence[int], viewers: Sequence[int]
) -> int:
    """Add to each course and day its views and viewers. Returns the id of the transaction.

    The rows are written in one order, so that two replicas wait for each other and never both.
    """
    return await fetch_value(
        db,
        int,
        """
        WITH stored AS (
            INSERT INTO course_views AS stored (course_id, day, views, viewers)
            SELECT courses.id, counted.day, counted.views, counted.viewers
            FROM unnest(%(course_ids)s::uuid[], %(days)s::date[], %(views)s::bigint[], %(viewers)s::bigint[])
                AS counted (course_id, day, views, viewers)
            JOIN courses ON courses.id = counted.course_id
            ORDER BY courses.id, counted.day
            ON CONFLICT (course_id, day) DO UPDATE
            SET views = stored.views + EXCLUDED.views, viewers = stored.viewers + EXCLUDED.viewers
        )
        SELECT pg_current_xact_id()::text::bigint
        """,
        course_ids=list(course_ids),
        days=list(days),
        views=list(views),
        viewers=list(viewers),
    )


async def find_outcome(db: Connection, *, transaction_id: int) -> str | None:
    """`committed`, `aborted` or `in progress`; None for a transaction of long ago."""
    return await find_value(
        db, str, "SELECT pg_xact_status(%(transaction_id)s::bigint::text::xid8)", transaction_id=transaction_id
    )
