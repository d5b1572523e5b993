"""The SQL of lessons as learners open them, and of how far they came."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import (
    Connection,
    execute,
    fetch_all,
    fetch_optional,
    fetch_value,
)
from coursify.modules.enrollments.models import (
    LessonLength,
    LessonPage,
)
from coursify.modules.enrollments.queries.conditions import IS_OPEN


async def list_lesson_lengths(db: Connection, *, enrollment_id: UUID, lesson_ids: list[UUID]) -> dict[UUID, int]:
    """The seconds of those lessons that are live and in this enrollment's course."""
    rows = await fetch_all(
        db,
        LessonLength,
        """
        SELECT lessons.id, lessons.duration_seconds
        FROM enrollments JOIN lessons ON lessons.course_id = enrollments.course_id
        WHERE enrollments.id = %(enrollment_id)s AND lessons.deleted_at IS NULL AND lessons.id = ANY(%(lesson_ids)s)
        """,
        enrollment_id=enrollment_id,
        lesson_ids=lesson_ids,
    )
    return {row.id: row.duration_seconds for row in rows}


async def write_progress(
    db: Connection,
    *,
    enrollment_id: UUID,
    user_id: UUID,
    lesson_ids: list[UUID],
    completed: list[bool],
    positions: list[int],
    now: datetime,
) -> int:
    """Lock the person's enrollment, if its access is open, and keep all items, or none: 0 when one does not fit.

    An item fits that is within a lesson of the course. Only forwards: a lesson stays completed, a position only grows.
    The last item's lesson is the one used last.
    """
    return await fetch_value(
        db,
        int,
        f"""
        WITH own AS (
            SELECT id, course_id FROM enrollments
            WHERE id = %(enrollment_id)s AND user_id = %(user_id)s AND {IS_OPEN} FOR NO KEY UPDATE
        ), item AS (
            SELECT lesson_id, bool_or(completed) AS completed, max(position) AS position
            FROM unnest(%(lesson_ids)s::uuid[], %(completed)s::bool[], %(positions)s::int[])
                AS given (lesson_id, completed, position)
            GROUP BY lesson_id
        ), fitting AS (
            SELECT own.id AS enrollment_id, item.* FROM own
            JOIN lessons ON lessons.course_id = own.course_id AND lessons.deleted_at IS NULL
            JOIN item ON item.lesson_id = lessons.id
            WHERE lessons.duration_seconds = 0 OR item.position <= lessons.duration_seconds
        ), written AS (
            INSERT INTO lesson_progress AS progress
                (enrollment_id, lesson_id, completed_at, position_seconds, updated_at)
            SELECT enrollment_id, lesson_id, CASE WHEN completed THEN %(now)s::timestamptz END, position, %(now)s
            FROM fitting WHERE (SELECT count(*) FROM fitting) = (SELECT count(*) FROM item)
            ON CONFLICT (enrollment_id, lesson_id) DO UPDATE SET
                completed_at = coalesce(progress.completed_at, EXCLUDED.completed_at),
                position_seconds = greatest(progress.position_seconds, EXCLUDED.position_seconds),
                updated_at = EXCLUDED.updated_at
            RETURNING progress.enrollment_id
        ), used AS (
            UPDATE enrollments SET last_lesson_id = %(last_lesson_id)s
            WHERE id = (SELECT enrollment_id FROM written LIMIT 1)
              AND last_lesson_id IS DISTINCT FROM %(last_lesson_id)s
        )
        SELECT count(*)::int FROM written
        """,
        enrollment_id=enrollment_id,
        user_id=user_id,
        lesson_ids=lesson_ids,
        completed=completed,
        positions=positions,
        last_lesson_id=lesson_ids[-1],
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
        SELECT lesson.id, lesson.course_id, lesson.section_id, lesson.title, lesson.position, lesson.content,
               lesson.external_video_url, lesson.duration_seconds, lesson.is_preview, lesson.version,
               EXISTS (SELECT FROM lesson_videos WHERE lesson_id = lesson.id AND asset_id IS NOT NULL) AS has_video,
               courses.instructor_id,
               (courses.status = 'published' AND courses.deleted_at IS NULL AND courses.sale_suspended_at IS NULL)
                   AS is_on_sale,
               (SELECT id FROM lessons WHERE course_id = lesson.course_id AND position = lesson.position - 1)
                   AS previous_id,
               (SELECT id FROM lessons WHERE course_id = lesson.course_id AND position = lesson.position + 1)
                   AS next_id,
               enrollments.id AS enrollment_id, {IS_OPEN} AS is_open,
               progress.completed_at, progress.position_seconds
        FROM lessons AS lesson JOIN courses ON courses.id = lesson.course_id
        LEFT JOIN enrollments ON enrollments.course_id = lesson.course_id AND enrollments.user_id = %(user_id)s
        LEFT JOIN lesson_progress AS progress
            ON progress.enrollment_id = enrollments.id AND progress.lesson_id = lesson.id
        WHERE lesson.id = %(lesson_id)s AND lesson.course_id = %(course_id)s AND lesson.deleted_at IS NULL
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
        UPDATE enrollments SET completed_at = NULL, certificate_code = NULL, last_lesson_id = NULL
        WHERE user_id = %(user_id)s
        """,
        user_id=user_id,
    )
