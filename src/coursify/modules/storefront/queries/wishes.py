"""SQL of wish lists. A course that went off sale keeps its place, and is not shown while it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from coursify.core.database import Connection, Records, execute, fetch_all, fetch_records, fetch_value
from coursify.core.pagination import Window
from coursify.modules.courses.queries.catalogue import ON_SALE
from coursify.modules.courses.queries.courses import COURSE, WITH_INSTRUCTOR
from coursify.modules.storefront.models import WishedCourse

_SHOWN: Final = f"""
    wishes JOIN courses AS course ON course.id = wishes.course_id WHERE wishes.user_id = %(user_id)s AND {ON_SALE}
"""


async def insert_wish(db: Connection, *, user_id: UUID, course_id: UUID, most: int, now: datetime) -> int:
    """0 rows if the course is in the list, or the list has `most` courses."""
    return await execute(
        db,
        """
        INSERT INTO wishes (user_id, course_id, created_at)
        SELECT %(user_id)s, %(course_id)s, %(now)s
        WHERE (SELECT count(*) FROM wishes WHERE user_id = %(user_id)s) < %(most)s
        ON CONFLICT (user_id, course_id) DO NOTHING
        """,
        user_id=user_id,
        course_id=course_id,
        most=most,
        now=now,
    )


async def has_wish(db: Connection, *, user_id: UUID, course_id: UUID) -> bool:
    return await fetch_value(
        db,
        bool,
        "SELECT EXISTS (SELECT FROM wishes WHERE user_id = %(user_id)s AND course_id = %(course_id)s)",
        user_id=user_id,
        course_id=course_id,
    )


async def delete_wish(db: Connection, *, user_id: UUID, course_id: UUID) -> int:
    return await execute(
        db,
        "DELETE FROM wishes WHERE user_id = %(user_id)s AND course_id = %(course_id)s",
        user_id=user_id,
        course_id=course_id,
    )


async def delete_wishes_of(db: Connection, user_id: UUID) -> int:
    return await execute(db, "DELETE FROM wishes WHERE user_id = %(user_id)s", user_id=user_id)


async def list_wished_courses(db: Connection, *, user_id: UUID, window: Window) -> list[WishedCourse]:
    """The courses on sale in a wish list, the one added last first."""
    before: dict[str, Any] = {"before_id": window.after_id} if window.after_id else {}
    return await fetch_all(
        db,
        WishedCourse,
        f"""
        SELECT {COURSE}, listed.total, 0 AS relevance, listed.wish_id
        FROM (
            SELECT wishes.id AS wish_id, wishes.course_id, (SELECT count(*) FROM {_SHOWN}) AS total
            FROM {_SHOWN} {"AND wishes.id < %(before_id)s" if before else ""}
            ORDER BY wishes.id DESC LIMIT %(limit)s OFFSET %(offset)s
        ) AS listed JOIN courses AS course ON course.id = listed.course_id {WITH_INSTRUCTOR}
        ORDER BY listed.wish_id DESC
        """,
        user_id=user_id,
        **window.bound(),
        **before,
    )


async def count_wished_courses(db: Connection, user_id: UUID) -> int:
    return await fetch_value(db, int, f"SELECT count(*) FROM {_SHOWN}", user_id=user_id)


async def list_wishes_of(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT wishes.course_id, course.title, wishes.created_at
        FROM wishes JOIN courses AS course ON course.id = wishes.course_id
        WHERE wishes.user_id = %(user_id)s ORDER BY wishes.id
        """,
        user_id=user_id,
    )
