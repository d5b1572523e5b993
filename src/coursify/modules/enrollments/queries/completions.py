"""The SQL of completions: who has done every lesson of a course, and that it is stored once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_values
from coursify.modules.enrollments.models import Completion
from coursify.modules.enrollments.queries.conditions import COMPLETED_SINCE, IS_COMPLETE, WITH_DONE


async def list_open_enrollments(db: Connection, *, course_id: UUID, after_id: UUID, limit: int) -> list[UUID]:
    """The next enrollments of a course that are not completed, in the order of their ids."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT id FROM enrollments
        WHERE course_id = %(course_id)s AND certificate_code IS NULL AND id > %(after_id)s ORDER BY id LIMIT %(limit)s
        """,
        course_id=course_id,
        after_id=after_id,
        limit=limit,
    )


async def lock_idle_enrollments(db: Connection, enrollment_ids: list[UUID]) -> list[UUID]:
    """Lock those of them that nobody else has locked."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT id FROM enrollments WHERE id = ANY(%(enrollment_ids)s) AND certificate_code IS NULL
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
        """,
        enrollment_ids=enrollment_ids,
    )


async def list_new_completions(db: Connection, enrollment_ids: list[UUID]) -> list[Completion]:
    """Those of them of which every lesson is done, and that are not stored as completed."""
    return await fetch_all(
        db,
        Completion,
        f"""
        SELECT enrollments.id AS enrollment_id, {COMPLETED_SINCE} AS completed_at
        FROM enrollments JOIN courses ON courses.id = enrollments.course_id {WITH_DONE}
        WHERE enrollments.id = ANY(%(enrollment_ids)s) AND certificate_code IS NULL
          AND (enrollments.completed_at IS NOT NULL OR {IS_COMPLETE})
        """,
        enrollment_ids=enrollment_ids,
    )


async def list_completions_by_removal(
    db: Connection, enrollment_ids: list[UUID], *, removed_at: datetime
) -> list[Completion]:
    """Those of them that a removal at that time completed: until a lesson was added, every remaining one was done."""
    return await fetch_all(
        db,
        Completion,
        """
        SELECT enrollments.id AS enrollment_id, greatest(remaining.last_at, %(removed_at)s) AS completed_at
        FROM enrollments
        CROSS JOIN LATERAL (
            SELECT min(created_at) AS at FROM lessons
            WHERE lessons.course_id = enrollments.course_id AND created_at > %(removed_at)s
        ) AS addition
        CROSS JOIN LATERAL (
            SELECT count(*) AS lessons, count(done.completed_at) AS done, max(done.completed_at) AS last_at
            FROM lessons LEFT JOIN lesson_progress AS done
                ON done.enrollment_id = enrollments.id AND done.lesson_id = lessons.id
                AND (addition.at IS NULL OR done.completed_at < addition.at)
            WHERE lessons.course_id = enrollments.course_id AND lessons.created_at <= %(removed_at)s
              AND (lessons.deleted_at IS NULL OR lessons.deleted_at > %(removed_at)s)
        ) AS remaining
        WHERE enrollments.id = ANY(%(enrollment_ids)s) AND enrollments.certificate_code IS NULL
          AND remaining.lessons > 0 AND remaining.done = remaining.lessons
        """,
        enrollment_ids=enrollment_ids,
        removed_at=removed_at,
    )


async def mark_completed(
    db: Connection, *, enrollment_ids: list[UUID], completed_at: list[datetime], codes: list[str]
) -> list[UUID]:
    """Store the first completion of each, with the code of its certificate; the ids of those that had none."""
    return await fetch_values(
        db,
        UUID,
        """
        UPDATE enrollments SET completed_at = completed.completed_at, certificate_code = completed.code
        FROM unnest(%(enrollment_ids)s::uuid[], %(completed_at)s::timestamptz[], %(codes)s::text[])
            AS completed (id, completed_at, code)
        WHERE enrollments.id = completed.id AND certificate_code IS NULL
        RETURNING enrollments.id
        """,
        enrollment_ids=enrollment_ids,
        completed_at=completed_at,
        codes=codes,
    )
