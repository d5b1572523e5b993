"""SQL of the lists that admins work through."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_value, fetch_values
from coursify.core.ordering import Order, bind_key
from coursify.core.pagination import TOTAL_CAP, Window
from coursify.modules.courses.models import CatalogueCourse, CourseStatus
from coursify.modules.courses.models.admin_order import AdminOrder
from coursify.modules.courses.queries.courses import COURSE, WITH_INSTRUCTOR

_STATUS: Final = "AND course.status = %(status)s"
# Not the cluster's LC_CTYPE: that may know no case outside of ASCII.
_TITLE: Final = "casefold(course.title COLLATE pg_unicode_fast)"
_PRICE: Final = "coalesce(course.price_minor, -1)"
_PATTERN: Final = f"AND {_TITLE} LIKE %(pattern)s"

# An order by text or by what may be absent has the id alone as its key, and the next page looks up the value.
_LOOKED_UP: Final = "(SELECT {} FROM courses AS course WHERE course.id = %(after_0)s::uuid), %(after_0)s::uuid"
_TITLE_AFTER: Final = _LOOKED_UP.format(_TITLE)
_PRICE_AFTER: Final = _LOOKED_UP.format(_PRICE)
_COUNT_AFTER: Final = "%(after_0)s::bigint, %(after_1)s::uuid"
_TIME_AFTER: Final = "%(after_0)s::timestamptz, %(after_1)s::uuid"
ORDERS: Final[dict[AdminOrder, Order]] = {
    "created": Order("course.id", "course.id > %(after_0)s::uuid", ("id",)),
    "-created": Order("course.id DESC", "course.id < %(after_0)s::uuid", ("id",)),
    "updated": Order(
        "course.updated_at, course.id", f"(course.updated_at, course.id) > ({_TIME_AFTER})", ("updated_at", "id")
    ),
    "-updated": Order(
        "course.updated_at DESC, course.id DESC",
        f"(course.updated_at, course.id) < ({_TIME_AFTER})",
        ("updated_at", "id"),
    ),
    "title": Order(f"{_TITLE}, course.id", f"({_TITLE}, course.id) > ({_TITLE_AFTER})", ("id",)),
    "-title": Order(f"{_TITLE} DESC, course.id DESC", f"({_TITLE}, course.id) < ({_TITLE_AFTER})", ("id",)),
    "price": Order(f"{_PRICE}, course.id", f"({_PRICE}, course.id) > ({_PRICE_AFTER})", ("id",)),
    "-price": Order(f"{_PRICE} DESC, course.id DESC", f"({_PRICE}, course.id) < ({_PRICE_AFTER})", ("id",)),
    "enrollments": Order(
        "course.enrollment_count, course.id",
        f"(course.enrollment_count, course.id) > ({_COUNT_AFTER})",
        ("enrollment_count", "id"),
    ),
    "-enrollments": Order(
        "course.enrollment_count DESC, course.id DESC",
        f"(course.enrollment_count, course.id) < ({_COUNT_AFTER})",
        ("enrollment_count", "id"),
    ),
}


async def list_courses(
    db: Connection, *, status: CourseStatus | None, pattern: str | None = None, order: AdminOrder, window: Window
) -> list[CatalogueCourse]:
    """Courses of every owner; `pattern` is of LIKE, for the case-folded title."""
    given = {name: value for name, value in (("status", status), ("pattern", pattern)) if value is not None}
    sql = compose_list(
        order, has_status=status is not None, has_pattern=pattern is not None, is_continued=window.after is not None
    )
    return await fetch_all(db, CatalogueCourse, sql, **given, **bind_key(window))


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


def compose_list(order: AdminOrder, *, has_status: bool, has_pattern: bool, is_continued: bool) -> str:
    """Names are joined to the rows of the page alone."""
    return f"""
        SELECT {COURSE}, {_count(has_status=has_status, has_pattern=has_pattern)} AS total, 0 AS relevance
        FROM (
            SELECT course.* FROM courses AS course
            WHERE course.deleted_at IS NULL {_STATUS if has_status else ""} {_PATTERN if has_pattern else ""}
                {f"AND {ORDERS[order].after}" if is_continued else ""}
            ORDER BY {ORDERS[order].columns} LIMIT %(limit)s OFFSET %(offset)s
        ) AS course {WITH_INSTRUCTOR}
        ORDER BY {ORDERS[order].columns}
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
    """The newest courses whose title fits, deleted ones too; `pattern` is of LIKE, for the case-folded title."""
    return await fetch_values(
        db,
        UUID,
        f"SELECT course.id FROM courses AS course WHERE true {_PATTERN} ORDER BY course.id DESC LIMIT %(limit)s",
        pattern=pattern,
        limit=limit,
    )
