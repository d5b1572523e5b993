"""The SQL of lessons as learners open them, and of how far they came."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import (
    Connection,
    execute,
    fetch_all,
    fetch_optional,
)
from coursify.modules.enrollments.models import (
    LessonLength,
    LessonPage,
    LessonProgress,
)
from coursify.modules.enrollments.queries.conditions import IS_OPEN


async def list_progress(db: Connection, enrollment_id: UUID) -> list[LessonProgress]:
    """Every live lesson of the course in its order, begun or not."""
    return await fetch_all(
        db,
        LessonProgress,
        """
        SELECT l.id AS lesson_id, p.completed_at, coalesce(p.position_seconds, 0) AS position_seconds
        FROM enrollments e JOIN lessons l ON l.course_id = e.course_id AND l.deleted_at IS NULL
        LEFT JOIN lesson_progress p ON p.enrollment_id = e.id AND p.lesson_id = l.id
        WHERE e.id = %(enrollment_id)s ORDER BY l.position
        """,
        enrollment_id=enrollment_id,
    )


async def list_lesson_lengths(db: Connection, *, enrollment_id: UUID, lesson_ids: list[UUID]) -> dict[UUID, int]:
    """The seconds of those lessons that are live and in this enrollment's course."""
    rows = await fetch_all(
        db,
        LessonLength,
        """
        SELECT l.id, l.duration_seconds FROM enrollments e JOIN lessons l ON l.course_id = e.course_id
        WHERE e.id = %(enrollment_id)s AND l.deleted_at IS NULL AND l.id = ANY(%(lesson_ids)s)
        """,
        enrollment_id=enrollment_id,
        lesson_ids=lesson_ids,
    )
    return {row.id: row.duration_seconds for row in rows}


async def upsert_progress(
    db: Connection,
    *,
    enrollment_id: UUID,
    lesson_ids: list[UUID],
    completed: list[bool],
    positions: list[int],
    now: datetime,
) -> int:
    """Only forwards: a lesson stays completed, a position only grows."""
    return await execute(
        db,
        """
        INSERT INTO lesson_progress AS progress
            (enrollment_id, lesson_id, completed_at, position_seconds, updated_at)
        SELECT %(enrollment_id)s, lesson_id, CASE WHEN bool_or(completed) THEN %(now)s::timestamptz END,
               max(position), %(now)s
        FROM unnest(%(lesson_ids)s::uuid[], %(completed)s::bool[], %(positions)s::int[])
            AS item (lesson_id, completed, position)
        GROUP BY lesson_id
        ON CONFLICT (enrollment_id, lesson_id) DO UPDATE SET
            completed_at = coalesce(progress.completed_at, EXCLUDED.completed_at),
            position_seconds = greatest(progress.position_seconds, EXCLUDED.position_seconds),
            updated_at = EXCLUDED.updated_at
        """,
        enrollment_id=enrollment_id,
        lesson_ids=lesson_ids,
        completed=completed,
        positions=positions,
        now=now,
    )


async def note_last_lesson(db: Connection, *, enrollment_id: UUID, lesson_id: UUID) -> int:
    return await execute(
        db,
        "UPDATE enrollments SET last_lesson_id = %(lesson_id)s WHERE id = %(enrollment_id)s",
        enrollment_id=enrollment_id,
        lesson_id=lesson_id,
    )


async def mark_completed(db: Connection, *, enrollment_id: UUID, now: datetime) -> int:
    """The first time every lesson is done, for ever."""
    return await execute(
        db,
        "UPDATE enrollments SET completed_at = %(now)s WHERE id = %(enrollment_id)s AND completed_at IS NULL",
        enrollment_id=enrollment_id,
        now=now,
    )


async def find_lesson_page(
    db: Connection, *, course_id: UUID, lesson_id: UUID, user_id: UUID | None, now: datetime
) -> LessonPage | None:
    """A live lesson with its neighbors and, for someone signed in, their access and progress."""
    return await fetch_optional(
        db,
        LessonPage,
        f"""
        SELECT l.id, l.course_id, l.title, l.position, l.content, l.duration_seconds, l.is_preview, l.version,
               c.instructor_id,
               (c.status = 'published' AND c.deleted_at IS NULL AND c.sale_suspended_at IS NULL) AS is_on_sale,
               (SELECT id FROM lessons WHERE course_id = l.course_id AND position = l.position - 1) AS previous_id,
               (SELECT id FROM lessons WHERE course_id = l.course_id AND position = l.position + 1) AS next_id,
               e.id AS enrollment_id, {IS_OPEN} AS is_open, p.completed_at, p.position_seconds
        FROM lessons l JOIN courses c ON c.id = l.course_id
        LEFT JOIN enrollments e ON e.course_id = l.course_id AND e.user_id = %(user_id)s
        LEFT JOIN lesson_progress p ON p.enrollment_id = e.id AND p.lesson_id = l.id
        WHERE l.id = %(lesson_id)s AND l.course_id = %(course_id)s AND l.deleted_at IS NULL
        """,
        course_id=course_id,
        lesson_id=lesson_id,
        user_id=user_id,
        now=now,
    )


async def delete_progress_of(db: Connection, user_id: UUID) -> int:
    """An erased person's progress goes; the enrollment stays, because grants and orders point at it."""
    return await execute(
        db,
        """
        WITH forgotten AS (
            DELETE FROM lesson_progress USING enrollments
            WHERE enrollments.id = enrollment_id AND enrollments.user_id = %(user_id)s
        )
        UPDATE enrollments SET completed_at = NULL, last_lesson_id = NULL WHERE user_id = %(user_id)s
        """,
        user_id=user_id,
    )
