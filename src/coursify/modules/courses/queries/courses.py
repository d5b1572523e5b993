"""SQL of single courses: found, locked, written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.models import Course, CourseWithText, Level

MAY_SELL: Final = "(instructor.status = 'active' AND instructor.role IN ('instructor', 'admin'))"
# The mark is what the catalogue's indexes read; under a lock on the course it is the newer of the two.
IS_SALE_SUSPENDED: Final = f"(course.sale_suspended_at IS NOT NULL OR NOT {MAY_SELL})"
COURSE: Final = f"""
    course.id, course.instructor_id, instructor.name AS instructor_name,
    instructor.avatar_url AS instructor_avatar_url, instructor.avatar_path AS instructor_avatar_path,
    course.slug, course.title, course.subtitle, course.excerpt, course.price_minor, course.currency, course.category,
    course.level, course.language, course.image_path, course.image_asset_id, course.image_alt_text, course.status,
    {IS_SALE_SUSPENDED} AS is_sale_suspended, course.sale_suspension_id,
    (SELECT reason FROM sale_suspensions WHERE id = course.sale_suspension_id) AS sale_suspension_reason,
    course.rejection_reason, course.version,
    course.average_rating, course.rating_count, course.enrollment_count, course.trending_score, course.lesson_count,
    course.duration_seconds, course.submitted_at, course.published_at, course.deleted_at, course.created_at,
    course.updated_at
"""
WITH_INSTRUCTOR: Final = "JOIN users AS instructor ON instructor.id = course.instructor_id"
# What is stored in course_texts.
TEXTS: Final = "texts.description, texts.requirements, texts.outcomes"
WITH_TEXT: Final = f"{WITH_INSTRUCTOR} JOIN course_texts AS texts ON texts.course_id = course.id"


async def insert_course(
    db: Connection,
    *,
    instructor_id: UUID,
    slug: str,
    title: str,
    subtitle: str | None,
    description: str,
    excerpt: str,
    price_minor: int | None,
    currency: str,
    category: str | None,
    level: Level,
    language: str,
    requirements: list[str],
    outcomes: list[str],
    now: datetime,
) -> CourseWithText | None:
    """The new draft, or None when the slug is taken."""
    return await fetch_optional(
        db,
        CourseWithText,
        f"""
        WITH course AS (
            INSERT INTO courses (instructor_id, slug, title, subtitle, excerpt, price_minor, currency,
                                 category, level, language, created_at, updated_at)
            VALUES (%(instructor_id)s, %(slug)s, %(title)s, %(subtitle)s, %(excerpt)s, %(price_minor)s,
                    %(currency)s, %(category)s, %(level)s, %(language)s, %(now)s, %(now)s)
            ON CONFLICT (slug) DO NOTHING RETURNING *
        ), texts AS (
            INSERT INTO course_texts (course_id, description, requirements, outcomes, search)
            SELECT id, %(description)s, %(requirements)s::text[], %(outcomes)s::text[],
                   course_words(title, subtitle, '')
            FROM course
            RETURNING course_id, description, requirements, outcomes
        )
        SELECT {COURSE}, {TEXTS} FROM course {WITH_INSTRUCTOR} JOIN texts ON texts.course_id = course.id
        """,
        instructor_id=instructor_id,
        slug=slug,
        title=title,
        subtitle=subtitle,
        description=description,
        excerpt=excerpt,
        price_minor=price_minor,
        currency=currency,
        category=category,
        level=level,
        language=language,
        requirements=requirements,
        outcomes=outcomes,
        now=now,
    )


async def find_course(db: Connection, course_id: UUID) -> Course | None:
    """The course, a deleted one included, or None."""
    return await fetch_optional(
        db,
        Course,
        f"SELECT {COURSE} FROM courses AS course {WITH_INSTRUCTOR} WHERE course.id = %(course_id)s",
        course_id=course_id,
    )


async def get_course(db: Connection, course_id: UUID) -> Course:
    """As find_course; raises CourseNotFound."""
    course = await find_course(db, course_id)
    if course is None:
        raise CourseNotFound
    return course


async def lock_course(db: Connection, course_id: UUID) -> Course:
    """As get_course, and nobody else changes the course or its lessons until this transaction ends."""
    course = await fetch_optional(
        db,
        Course,
        f"""
        SELECT {COURSE} FROM courses AS course {WITH_INSTRUCTOR}
        WHERE course.id = %(course_id)s FOR NO KEY UPDATE OF course
        """,
        course_id=course_id,
    )
    if course is None:
        raise CourseNotFound
    return course


async def hold_course(db: Connection, course_id: UUID) -> Course | None:
    """As find_course, and its price and status stay as they are until this transaction ends; many may hold at once."""
    return await fetch_optional(
        db,
        Course,
        f"""
        SELECT {COURSE} FROM courses AS course {WITH_INSTRUCTOR}
        WHERE course.id = %(course_id)s FOR SHARE OF course
        """,
        course_id=course_id,
    )


async def list_courses_for_order(db: Connection, course_ids: Sequence[UUID]) -> list[Course]:
    """The courses that exist among these, deleted ones included, by id."""
    return await fetch_all(
        db,
        Course,
        f"""
        SELECT {COURSE} FROM courses AS course {WITH_INSTRUCTOR}
        WHERE course.id = ANY(%(course_ids)s::uuid[]) ORDER BY course.id
        """,
        course_ids=list(course_ids),
    )


async def update_course_fields(db: Connection, course: CourseWithText, *, now: datetime) -> CourseWithText:
    """Store the editable fields that `course` has, without its texts; its version rises."""
    return await fetch_one(
        db,
        CourseWithText,
        f"""
        WITH course AS (
            UPDATE courses SET
                title = %(title)s, subtitle = %(subtitle)s, excerpt = %(excerpt)s,
                price_minor = %(price_minor)s, currency = %(currency)s, category = %(category)s,
                level = %(level)s, language = %(language)s, version = version + 1, updated_at = %(now)s
            WHERE id = %(course_id)s
            RETURNING *
        )
        SELECT {COURSE}, %(description)s::text AS description, %(requirements)s::text[] AS requirements,
               %(outcomes)s::text[] AS outcomes
        FROM course {WITH_INSTRUCTOR}
        """,
        course_id=course.id,
        title=course.title,
        subtitle=course.subtitle,
        description=course.description,
        excerpt=course.excerpt,
        price_minor=course.price_minor,
        currency=course.currency,
        category=course.category,
        level=course.level,
        language=course.language,
        requirements=course.requirements,
        outcomes=course.outcomes,
        now=now,
    )


async def set_course_image(
    db: Connection, course_id: UUID, *, path: str | None, asset_id: UUID | None, alt_text: str | None, now: datetime
) -> int:
    return await execute(
        db,
        """
        UPDATE courses SET image_path = %(path)s, image_asset_id = %(asset_id)s, image_alt_text = %(alt_text)s,
               updated_at = %(now)s
        WHERE id = %(course_id)s
        """,
        course_id=course_id,
        path=path,
        asset_id=asset_id,
        alt_text=alt_text,
        now=now,
    )


async def mark_course_pending(db: Connection, course_id: UUID, *, now: datetime) -> CourseWithText | None:
    """The course, waiting for approval from now on; None when it was neither draft nor rejected."""
    return await fetch_optional(
        db,
        CourseWithText,
        f"""
        WITH course AS (
            UPDATE courses
            SET status = 'pending', rejection_reason = NULL, submitted_at = %(now)s, updated_at = %(now)s
            WHERE id = %(course_id)s AND status IN ('draft', 'rejected') AND deleted_at IS NULL
            RETURNING *
        )
        SELECT {COURSE}, {TEXTS} FROM course {WITH_TEXT}
        """,
        course_id=course_id,
        now=now,
    )


async def mark_course_published(db: Connection, course_id: UUID, *, now: datetime) -> CourseWithText | None:
    """The course, on sale from now on; None when it was not pending."""
    return await fetch_optional(
        db,
        CourseWithText,
        f"""
        WITH course AS (
            UPDATE courses SET status = 'published', published_at = %(now)s, updated_at = %(now)s
            WHERE id = %(course_id)s AND status = 'pending' AND deleted_at IS NULL
            RETURNING *
        )
        SELECT {COURSE}, {TEXTS} FROM course {WITH_TEXT}
        """,
        course_id=course_id,
        now=now,
    )


async def mark_course_rejected(db: Connection, course_id: UUID, *, reason: str, now: datetime) -> CourseWithText | None:
    """The course, back with its owner; None when it was not pending."""
    return await fetch_optional(
        db,
        CourseWithText,
        f"""
        WITH course AS (
            UPDATE courses SET status = 'rejected', rejection_reason = %(reason)s, updated_at = %(now)s
            WHERE id = %(course_id)s AND status = 'pending' AND deleted_at IS NULL
            RETURNING *
        )
        SELECT {COURSE}, {TEXTS} FROM course {WITH_TEXT}
        """,
        course_id=course_id,
        reason=reason,
        now=now,
    )


async def mark_course_deleted(db: Connection, course_id: UUID, *, now: datetime) -> int:
    return await execute(
        db,
        "UPDATE courses SET deleted_at = %(now)s, updated_at = %(now)s WHERE id = %(course_id)s AND deleted_at IS NULL",
        course_id=course_id,
        now=now,
    )
