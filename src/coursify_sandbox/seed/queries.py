"""The SQL of the seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_value, fetch_values


@dataclass(frozen=True, slots=True)
class FirstLesson:
    course_id: UUID
    instructor_id: UUID
    lesson_id: UUID


async def has_users(db: Connection) -> bool:
    return await fetch_value(db, bool, "SELECT EXISTS (SELECT FROM users)")


async def insert_progress(
    db: Connection,
    *,
    user_ids: list[UUID],
    course_ids: list[UUID],
    lesson_ids: list[UUID],
    completed_at: list[datetime],
) -> list[UUID]:
    """Store completed lessons, the first time of each, and the last one of each enrollment; the enrollments' ids."""
    return await fetch_values(
        db,
        UUID,
        """
        WITH completed AS (
            INSERT INTO lesson_progress (enrollment_id, lesson_id, completed_at, updated_at)
            SELECT enrollments.id, studied.lesson_id, min(studied.at), max(studied.at)
            FROM unnest(%(user_ids)s::uuid[], %(course_ids)s::uuid[], %(lesson_ids)s::uuid[],
                        %(completed_at)s::timestamptz[]) AS studied (user_id, course_id, lesson_id, at)
            JOIN enrollments USING (user_id, course_id)
            GROUP BY enrollments.id, studied.lesson_id
            RETURNING enrollment_id, lesson_id
        )
        UPDATE enrollments SET last_lesson_id = latest.lesson_id
        FROM (
            SELECT DISTINCT ON (enrollment_id) enrollment_id, lesson_id
            FROM completed JOIN lessons ON lessons.id = lesson_id
            ORDER BY enrollment_id, position DESC
        ) AS latest
        WHERE enrollments.id = latest.enrollment_id
        RETURNING enrollments.id
        """,
        user_ids=user_ids,
        course_ids=course_ids,
        lesson_ids=lesson_ids,
        completed_at=completed_at,
    )


async def list_first_lessons(db: Connection, *, limit: int) -> list[FirstLesson]:
    """The first lesson of each of the most learned courses."""
    return await fetch_all(
        db,
        FirstLesson,
        """
        SELECT course.id AS course_id, course.instructor_id, lesson.id AS lesson_id
        FROM courses course
        JOIN LATERAL (
            SELECT id FROM lessons WHERE course_id = course.id AND deleted_at IS NULL ORDER BY position LIMIT 1
        ) lesson ON true
        WHERE course.status = 'published'
        ORDER BY course.enrollment_count DESC, course.id DESC
        LIMIT %(limit)s
        """,
        limit=limit,
    )


async def suppress_emails(db: Connection, *, reason: str) -> int:
    """Mark every queued email as suppressed at the time of its creation."""
    return await execute(
        db,
        """
        UPDATE email_deliveries SET state = 'suppressed', reason = %(reason)s, settled_at = created_at
        WHERE state = 'queued'
        """,
        reason=reason,
    )


async def delete_jobs(db: Connection, *, names: list[str]) -> int:
    """Delete the waiting jobs with these names; safe only while no worker uses the queue."""
    return await execute(
        db, "DELETE FROM procrastinate_jobs WHERE task_name = ANY(%(names)s) AND status = 'todo'", names=names
    )
