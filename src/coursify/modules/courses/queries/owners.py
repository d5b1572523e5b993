"""SQL of what one instructor has: the list of their own courses, their sale, and taking them down."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_one, fetch_value, fetch_values
from coursify.core.pagination import TOTAL_CAP, Window
from coursify.modules.courses.models import CatalogueCourse, CourseStatus, SalesChange
from coursify.modules.courses.queries.courses import COURSE, MAY_SELL, WITH_INSTRUCTOR

_OWN: Final = "course.instructor_id = %(instructor_id)s AND course.deleted_at IS NULL"
_STATUS: Final = "AND course.status = %(status)s"


async def list_own_courses(
    db: Connection, instructor_id: UUID, *, status: CourseStatus | None, window: Window
) -> list[CatalogueCourse]:
    """An instructor's courses of one status or all, newest first; deleted ones are not among them."""
    given = {} if status is None else {"status": status}
    key = {} if window.after_id is None else {"after_id": window.after_id}
    sql = compose_own(has_status=status is not None, is_continued=window.after is not None)
    return await fetch_all(db, CatalogueCourse, sql, instructor_id=instructor_id, **given, **key, **window.bound())


async def count_own_courses(db: Connection, instructor_id: UUID, *, status: CourseStatus | None) -> int:
    """How many there are, up to one more than the cap."""
    given = {} if status is None else {"status": status}
    sql = f"SELECT {_count(has_status=status is not None)}"
    return await fetch_value(db, int, sql, instructor_id=instructor_id, **given)


async def align_sales_of(db: Connection, instructor_id: UUID, *, now: datetime) -> SalesChange:
    """Mark every course of theirs, whatever its status, by whether they may sell; count the published ones.

    A course whose sale an admin suspended stays off sale.
    """
    return await fetch_one(
        db,
        SalesChange,
        f"""
        WITH seller AS (
            SELECT instructor.id, {MAY_SELL} AS may_sell FROM users AS instructor
            WHERE instructor.id = %(instructor_id)s
        ), changed AS (
            UPDATE courses SET sale_suspended_at = CASE WHEN may_sell THEN NULL ELSE %(now)s::timestamptz END
            FROM seller WHERE instructor_id = seller.id AND sale_suspension_id IS NULL
                AND (sale_suspended_at IS NULL) <> may_sell
            RETURNING status = 'published' AND deleted_at IS NULL AS is_published, may_sell
        )
        SELECT count(*) FILTER (WHERE is_published AND NOT may_sell) AS suspended,
               count(*) FILTER (WHERE is_published AND may_sell) AS resumed
        FROM changed
        """,
        instructor_id=instructor_id,
        now=now,
    )


async def take_down_courses_of(db: Connection, instructor_id: UUID, *, now: datetime) -> list[UUID]:
    """Out of the catalogue for good; those enrolled keep them. Which ones."""
    return await fetch_values(
        db,
        UUID,
        """
        UPDATE courses SET deleted_at = %(now)s, updated_at = %(now)s
        WHERE instructor_id = %(instructor_id)s AND deleted_at IS NULL
        RETURNING id
        """,
        instructor_id=instructor_id,
        now=now,
    )


def compose_own(*, has_status: bool, is_continued: bool) -> str:
    return f"""
        SELECT {COURSE}, {_count(has_status=has_status)} AS total, 0 AS relevance
        FROM courses AS course {WITH_INSTRUCTOR}
        WHERE {_OWN} {_STATUS if has_status else ""} {"AND course.id < %(after_id)s::uuid" if is_continued else ""}
        ORDER BY course.id DESC LIMIT %(limit)s OFFSET %(offset)s
    """


def _count(*, has_status: bool) -> str:
    return f"""
        (SELECT count(*) FROM (
            SELECT 1 FROM courses AS course WHERE {_OWN} {_STATUS if has_status else ""} LIMIT {TOTAL_CAP + 1}
        ) AS capped)
    """
