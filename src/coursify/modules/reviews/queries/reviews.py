"""SQL of reviews as their authors and readers see them. What is deleted is in none of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from coursify.core.database import (
    Connection,
    Records,
    execute,
    fetch_all,
    fetch_one,
    fetch_optional,
    fetch_records,
    fetch_value,
)
from coursify.core.pagination import TOTAL_CAP, Window
from coursify.modules.courses.queries.catalogue import ON_SALE
from coursify.modules.reviews.errors import ReviewNotFound
from coursify.modules.reviews.models import AnswerEmail, CourseReview, ListedReview, Review

REVIEW: Final = f"""
    review.id, review.user_id, author.name AS author_name, author.avatar_url AS author_avatar_url,
    author.avatar_path AS author_avatar_path, review.course_id, course.instructor_id,
    ({ON_SALE}) AS is_course_on_sale,
    review.rating, review.comment, review.status, review.reply, review.replied_at, review.created_at, review.updated_at
"""
WITH_AUTHOR_AND_COURSE: Final = """
    JOIN users AS author ON author.id = review.user_id JOIN courses AS course ON course.id = review.course_id
"""
PUBLIC: Final = f"review.deleted_at IS NULL AND review.status = 'visible' AND {ON_SALE}"
FILTERS: Final = {
    "course_id": "review.course_id = %(course_id)s",
    "user_id": "review.user_id = %(user_id)s",
}


async def insert_review(
    db: Connection, *, user_id: UUID, course_id: UUID, rating: int, comment: str | None, now: datetime
) -> Review | None:
    """The new review, or None when this person has a live one of this course.

    It is hidden when the one before was hidden and then deleted: nobody evades a decision by writing again.
    """
    return await fetch_optional(
        db,
        Review,
        f"""
        WITH review AS (
            INSERT INTO reviews (user_id, course_id, rating, comment, status, created_at, updated_at)
            VALUES (%(user_id)s, %(course_id)s, %(rating)s, %(comment)s, coalesce((
                SELECT earlier.status FROM reviews AS earlier
                WHERE earlier.user_id = %(user_id)s AND earlier.course_id = %(course_id)s
                  AND earlier.deleted_at IS NOT NULL
                ORDER BY earlier.id DESC LIMIT 1
            ), 'visible'), %(now)s, %(now)s)
            ON CONFLICT (user_id, course_id) WHERE deleted_at IS NULL DO NOTHING
            RETURNING *
        )
        SELECT {REVIEW} FROM review {WITH_AUTHOR_AND_COURSE}
        """,
        user_id=user_id,
        course_id=course_id,
        rating=rating,
        comment=comment,
        now=now,
    )


async def get_review(db: Connection, review_id: UUID) -> Review:
    """Raises ReviewNotFound."""
    review = await fetch_optional(
        db,
        Review,
        f"""
        SELECT {REVIEW} FROM reviews AS review {WITH_AUTHOR_AND_COURSE}
        WHERE review.id = %(review_id)s AND review.deleted_at IS NULL
        """,
        review_id=review_id,
    )
    if review is None:
        raise ReviewNotFound
    return review


async def lock_review(db: Connection, review_id: UUID) -> Review:
    """As get_review, locked until this transaction ends."""
    review = await fetch_optional(
        db,
        Review,
        f"""
        SELECT {REVIEW} FROM reviews AS review {WITH_AUTHOR_AND_COURSE}
        WHERE review.id = %(review_id)s AND review.deleted_at IS NULL FOR NO KEY UPDATE OF review
        """,
        review_id=review_id,
    )
    if review is None:
        raise ReviewNotFound
    return review


async def list_course_reviews(db: Connection, course_id: UUID, *, window: Window) -> list[CourseReview]:
    """The visible reviews of a course, newest first, with the ratings of the same snapshot."""
    return await fetch_all(
        db,
        CourseReview,
        compose_course_list(is_continued=window.after is not None),
        course_id=course_id,
        **_bind(window),
    )


async def list_reviews(db: Connection, *, filters: dict[str, Any], window: Window) -> list[ListedReview]:
    """Visible reviews of courses on sale, newest first; `filters` maps names of FILTERS to values."""
    sql = compose_list(filters.keys(), is_continued=window.after is not None)
    return await fetch_all(db, ListedReview, sql, **filters, **_bind(window))


async def count_reviews(db: Connection, *, filters: dict[str, Any]) -> int:
    """How many list_reviews has in all, up to one more than the cap."""
    return await fetch_value(db, int, f"SELECT {_capped_count(filters.keys())}", **filters)


async def update_review_fields(db: Connection, review: Review, *, now: datetime) -> Review:
    """Store the rating and comment of `review`."""
    return await fetch_one(
        db,
        Review,
        f"""
        WITH review AS (
            UPDATE reviews SET rating = %(rating)s, comment = %(comment)s, updated_at = %(now)s
            WHERE id = %(review_id)s
            RETURNING *
        )
        SELECT {REVIEW} FROM review {WITH_AUTHOR_AND_COURSE}
        """,
        review_id=review.id,
        rating=review.rating,
        comment=review.comment,
        now=now,
    )


async def set_reply(db: Connection, review_id: UUID, *, reply: str, now: datetime) -> Review:
    return await fetch_one(
        db,
        Review,
        f"""
        WITH review AS (
            UPDATE reviews SET reply = %(reply)s, replied_at = %(now)s WHERE id = %(review_id)s RETURNING *
        )
        SELECT {REVIEW} FROM review {WITH_AUTHOR_AND_COURSE}
        """,
        review_id=review_id,
        reply=reply,
        now=now,
    )


async def find_answer_email(db: Connection, review_id: UUID) -> AnswerEmail | None:
    """None when the review is deleted or hidden, or has no answer."""
    return await fetch_optional(
        db,
        AnswerEmail,
        """
        SELECT review.user_id AS author_id, course.title AS course_title, review.reply AS answer
        FROM reviews AS review JOIN courses AS course ON course.id = review.course_id
        WHERE review.id = %(review_id)s AND review.deleted_at IS NULL AND review.status = 'visible'
          AND review.reply IS NOT NULL
        """,
        review_id=review_id,
    )


async def mark_review_deleted(db: Connection, review_id: UUID, *, now: datetime) -> int:
    return await execute(
        db,
        """
        UPDATE reviews SET deleted_at = %(now)s, updated_at = %(now)s
        WHERE id = %(review_id)s AND deleted_at IS NULL
        """,
        review_id=review_id,
        now=now,
    )


def compose_course_list(*, is_continued: bool) -> str:
    return f"""
        SELECT {REVIEW}, course.average_rating, course.rating_count, course.rating_counts
        FROM reviews AS review {WITH_AUTHOR_AND_COURSE}
        WHERE review.course_id = %(course_id)s AND review.deleted_at IS NULL AND review.status = 'visible'
            {_BEFORE if is_continued else ""}
        ORDER BY review.id DESC LIMIT %(limit)s OFFSET %(offset)s
    """


def compose_list(filters: Collection[str], *, is_continued: bool) -> str:
    return f"""
        SELECT {REVIEW}, {_capped_count(filters)} AS total
        FROM reviews AS review {WITH_AUTHOR_AND_COURSE}
        WHERE {_where(filters)} {_BEFORE if is_continued else ""}
        ORDER BY review.id DESC LIMIT %(limit)s OFFSET %(offset)s
    """


_BEFORE: Final = "AND review.id < %(before_id)s"


def _where(filters: Collection[str]) -> str:
    return " AND ".join([PUBLIC, *(FILTERS[name] for name in sorted(filters))])


def _capped_count(filters: Collection[str]) -> str:
    return f"""
        (SELECT count(*) FROM (
            SELECT 1 FROM reviews AS review JOIN courses AS course ON course.id = review.course_id
            WHERE {_where(filters)} LIMIT {TOTAL_CAP + 1}
        ) AS capped)
    """


def _bind(window: Window) -> dict[str, Any]:
    return {**window.bound(), **({} if window.after_id is None else {"before_id": window.after_id})}


async def clear_comments_of(db: Connection, user_id: UUID, *, now: datetime) -> int:
    """Delete an erased person's comments and the replies to them; the ratings stay."""
    return await execute(
        db,
        """
        UPDATE reviews SET comment = NULL, reply = NULL, replied_at = NULL, updated_at = %(now)s
        WHERE user_id = %(user_id)s AND (comment IS NOT NULL OR reply IS NOT NULL)
        """,
        user_id=user_id,
        now=now,
    )


async def clear_replies_of(db: Connection, instructor_id: UUID, *, now: datetime) -> int:
    """Delete the replies of an erased instructor."""
    return await execute(
        db,
        """
        UPDATE reviews SET reply = NULL, replied_at = NULL, updated_at = %(now)s FROM courses
        WHERE courses.id = course_id AND instructor_id = %(instructor_id)s AND reply IS NOT NULL
        """,
        instructor_id=instructor_id,
        now=now,
    )


async def list_reviews_of(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT id, course_id, rating, comment, status, reply, created_at, updated_at
        FROM reviews WHERE user_id = %(user_id)s AND deleted_at IS NULL ORDER BY id
        """,
        user_id=user_id,
    )


async def list_replies_of(db: Connection, user_id: UUID) -> Records:
    """What an instructor answered to reviews."""
    return await fetch_records(
        db,
        """
        SELECT reviews.id AS review_id, course_id, reply
        FROM reviews JOIN courses ON courses.id = course_id
        WHERE instructor_id = %(user_id)s AND reply IS NOT NULL AND reviews.deleted_at IS NULL ORDER BY reviews.id
        """,
        user_id=user_id,
    )
