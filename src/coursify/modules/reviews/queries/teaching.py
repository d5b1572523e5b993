"""SQL of the reviews that an instructor reads and answers: the visible ones of their courses, on sale or not."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_value
from coursify.core.pagination import TOTAL_CAP, Window
from coursify.modules.reviews.models import ReviewToAnswer
from coursify.modules.reviews.queries.reviews import REVIEW, WITH_AUTHOR_AND_COURSE

_OWN: Final = """
    course.instructor_id = %(instructor_id)s AND course.deleted_at IS NULL AND review.deleted_at IS NULL
    AND review.status = 'visible'
"""
_UNANSWERED: Final = "AND review.reply IS NULL"


async def list_reviews_of_courses(
    db: Connection, instructor_id: UUID, *, is_unanswered: bool, window: Window
) -> list[ReviewToAnswer]:
    """The newest first; with `is_unanswered`, only those without a reply."""
    key = {} if window.after_id is None else {"before_id": window.after_id}
    sql = compose_list(is_unanswered=is_unanswered, is_continued=window.after is not None)
    return await fetch_all(db, ReviewToAnswer, sql, instructor_id=instructor_id, **key, **window.bound())


async def count_reviews_of_courses(db: Connection, instructor_id: UUID, *, is_unanswered: bool) -> int:
    """How many there are, up to one more than the cap."""
    sql = f"SELECT {_count(is_unanswered=is_unanswered)}"
    return await fetch_value(db, int, sql, instructor_id=instructor_id)


def compose_list(*, is_unanswered: bool, is_continued: bool) -> str:
    return f"""
        SELECT {REVIEW}, course.title AS course_title, {_count(is_unanswered=is_unanswered)} AS total
        FROM reviews AS review {WITH_AUTHOR_AND_COURSE}
        WHERE {_OWN} {_UNANSWERED if is_unanswered else ""} {"AND review.id < %(before_id)s" if is_continued else ""}
        ORDER BY review.id DESC LIMIT %(limit)s OFFSET %(offset)s
    """


def _count(*, is_unanswered: bool) -> str:
    return f"""
        (SELECT count(*) FROM (
            SELECT 1 FROM reviews AS review JOIN courses AS course ON course.id = review.course_id
            WHERE {_OWN} {_UNANSWERED if is_unanswered else ""} LIMIT {TOTAL_CAP + 1}
        ) AS capped)
    """
