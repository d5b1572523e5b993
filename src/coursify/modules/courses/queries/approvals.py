"""SQL of the lists that admins work through."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_value, fetch_values
from coursify.core.pagination import TOTAL_CAP, Window
from coursify.modules.courses.models import CatalogueCourse, CourseStatus
from coursify.modules.courses.queries.courses import COURSE, WITH_INSTRUCTOR

_STATUS: Final = "AND course.status = %(status)s"
_PATTERN: Final = "AND lower(course.title) LIKE %(pattern)s"


async def list_courses(
    db: Connection, *, status: CourseStatus | None, pattern: str | None = None, window: Window
) -> list[CatalogueCourse]:
    """Courses of every owner, newest first; `pattern` is of LIKE, for the title in lower case."""
    given = {name: value for name, value in (("status", status), ("pattern", pattern)) if value is not None}
    key = {} if window.after_id is None else {"after_id": window.after_id}
    sql = compose_list(
        has_status=status is not None, has_pattern=pattern is not None, is_continued=window.after is not None
    )
    return await fetch_all(db, CatalogueCourse, sql, **given, **key, **window.bound())


async def count_courses(db: Connection, *, status: CourseStatus | None, pattern: str | None = None) -> int:
    """How many there are, up to one more than the cap."""
    given = {name: value for name, value in (("status", status), ("pattern", pattern)) if value is not None}
    count = _count(has_status=status is not None, has_pattern=pattern is not None)
    return await fetch_value(db, int, f"SELECT {count}", **given)


async def list_pending_courses(db: Connection, *, window: Window) -> list[CatalogueCourse]:
    """What waits for approval, longest first."""
    key = {} if window.after is None else {"after_submitted_at": window.after[0], "after_id": window.after[1]}
    sql = compose_pending(is_continued=window.after is not None)
    return await fetch_all(db, CatalogueCourse, sql, **key, **window.bound())


def compose_list(*, has_status: bool, has_pattern: bool, is_continued: bool) -> str:
    return f"""
        SELECT {COURSE}, {_count(has_status=has_status, has_pattern=has_pattern)} AS total, 0 AS relevance
        FROM courses AS course {WITH_INSTRUCTOR}
        WHERE course.deleted_at IS NULL {_STATUS if has_status else ""} {_PATTERN if has_pattern else ""}
            {"AND course.id < %(after_id)s::uuid" if is_continued else ""}
        ORDER BY course.id DESC LIMIT %(limit)s OFFSET %(offset)s
    """


def compose_pending(*, is_continued: bool) -> str:
    after = "AND (course.submitted_at, course.id) > (%(after_submitted_at)s::timestamptz, %(after_id)s::uuid)"
    return f"""
        SELECT {COURSE}, 0 AS relevance,
            (SELECT count(*) FROM (
                SELECT 1 FROM courses AS course WHERE course.status = 'pending' AND course.deleted_at IS NULL
                LIMIT {TOTAL_CAP + 1}
            ) AS capped) AS total
        FROM courses AS course {WITH_INSTRUCTOR}
        WHERE course.status = 'pending' AND course.deleted_at IS NULL {after if is_continued else ""}
        ORDER BY course.submitted_at, course.id LIMIT %(limit)s OFFSET %(offset)s
    """


def _count(*, has_status: bool, has_pattern: bool) -> str:
    return f"""
        (SELECT count(*) FROM (
            SELECT 1 FROM courses AS course WHERE course.deleted_at IS NULL {_STATUS if has_status else ""}
            {_PATTERN if has_pattern else ""} LIMIT {TOTAL_CAP + 1}
        ) AS capped)
    """


async def list_matching_ids(db: Connection, *, pattern: str, limit: int) -> list[UUID]:
    """The newest courses whose title fits, deleted ones too; `pattern` is of LIKE, for the title in lower case."""
    return await fetch_values(
        db,
        UUID,
        f"SELECT course.id FROM courses AS course WHERE true {_PATTERN} ORDER BY course.id DESC LIMIT %(limit)s",
        pattern=pattern,
        limit=limit,
    )
