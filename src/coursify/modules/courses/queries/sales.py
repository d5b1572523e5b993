"""SQL of sales that an admin suspends. The course has the id of its open suspension: both change together."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_one, fetch_optional, fetch_value
from coursify.modules.courses.models import CourseWithText
from coursify.modules.courses.models.emails import SuspensionEmail
from coursify.modules.courses.queries.courses import COURSE, MAY_SELL, TEXTS, WITH_INSTRUCTOR


async def insert_suspension(db: Connection, *, course_id: UUID, reason: str, suspended_by: UUID, now: datetime) -> UUID:
    return await fetch_value(
        db,
        UUID,
        """
        INSERT INTO sale_suspensions (course_id, reason, suspended_by, suspended_at)
        VALUES (%(course_id)s, %(reason)s, %(suspended_by)s, %(now)s) RETURNING id
        """,
        course_id=course_id,
        reason=reason,
        suspended_by=suspended_by,
        now=now,
    )


async def end_suspension(db: Connection, suspension_id: UUID, *, resumed_by: UUID, now: datetime) -> int:
    return await execute(
        db,
        """
        UPDATE sale_suspensions SET resumed_by = %(resumed_by)s, resumed_at = %(now)s
        WHERE id = %(suspension_id)s AND resumed_at IS NULL
        """,
        suspension_id=suspension_id,
        resumed_by=resumed_by,
        now=now,
    )


async def set_suspension(
    db: Connection, course_id: UUID, *, suspension_id: UUID | None, now: datetime
) -> CourseWithText:
    """Without a suspension the course is on sale again where its instructor may sell."""
    return await fetch_one(
        db,
        CourseWithText,
        f"""
        WITH course AS (
            UPDATE courses SET sale_suspension_id = %(suspension_id)s,
                sale_suspended_at = CASE WHEN %(suspension_id)s::uuid IS NULL AND {MAY_SELL} THEN NULL
                                    ELSE coalesce(sale_suspended_at, %(now)s) END
            FROM users AS instructor WHERE courses.id = %(course_id)s AND instructor.id = courses.instructor_id
            RETURNING courses.*
        )
        SELECT {COURSE}, {TEXTS} FROM course {WITH_INSTRUCTOR}
        JOIN course_texts AS texts ON texts.course_id = course.id
        """,
        course_id=course_id,
        suspension_id=suspension_id,
        now=now,
    )


async def find_suspension_email(db: Connection, suspension_id: UUID) -> SuspensionEmail | None:
    """What the emails about a suspension say, and to whom."""
    return await fetch_optional(
        db,
        SuspensionEmail,
        """
        SELECT instructor.email, instructor.name, course.title AS course_title, course.slug AS course_slug,
               suspension.reason, course.sale_suspended_at IS NULL AS is_on_sale
        FROM sale_suspensions AS suspension JOIN courses AS course ON course.id = suspension.course_id
        JOIN users AS instructor ON instructor.id = course.instructor_id
        WHERE suspension.id = %(suspension_id)s AND course.deleted_at IS NULL
        """,
        suspension_id=suspension_id,
    )
