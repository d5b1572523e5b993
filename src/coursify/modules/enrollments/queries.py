"""The SQL of enrollments, grants and progress. Whether access is open is decided by the moment that is handed in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import (
    Connection,
    execute,
    fetch_all,
    fetch_optional,
    fetch_value,
    fetch_values,
    find_value,
)
from coursify.modules.enrollments.errors import EnrollmentNotFound
from coursify.modules.enrollments.models import (
    Access,
    Enrollment,
    EnrollmentCount,
    EnrollmentLetter,
    EnrollmentSummary,
    Grant,
    GrantSource,
    LessonLength,
    LessonPage,
    LessonProgress,
)

_GRANT = "id, enrollment_id, source_type, source_id, granted_at, valid_until, revoked_at, reason"
_LIVE = "revoked_at IS NULL AND (valid_until IS NULL OR valid_until > %(now)s)"
_IS_OPEN = f"EXISTS (SELECT FROM access_grants WHERE enrollment_id = e.id AND {_LIVE})"
_IS_EXPIRED = (
    "EXISTS (SELECT FROM access_grants WHERE enrollment_id = e.id AND revoked_at IS NULL AND valid_until <= %(now)s)"
)
_ENROLLMENT = f"""
    e.id, e.user_id, e.course_id, e.enrolled_at, e.completed_at, e.last_lesson_id, c.lesson_count,
    (SELECT count(*) FROM lesson_progress p JOIN lessons l ON l.id = p.lesson_id
     WHERE p.enrollment_id = e.id AND p.completed_at IS NOT NULL AND l.deleted_at IS NULL)::int AS completed_lessons,
    {_IS_OPEN} AS is_open, {_IS_EXPIRED} AS is_expired
"""
_SUMMARY = f"""
    {_ENROLLMENT}, c.slug AS course_slug, c.title AS course_title, c.image_url AS course_image_url,
    c.instructor_id, u.name AS instructor_name
    FROM enrollments e JOIN courses c ON c.id = e.course_id JOIN users u ON u.id = c.instructor_id
"""


async def ensure_enrollment(db: Connection, *, user_id: UUID, course_id: UUID, now: datetime) -> UUID:
    """The one row of this person and course, made now if there was none; its id."""
    return await fetch_value(
        db,
        UUID,
        """
        INSERT INTO enrollments (user_id, course_id, enrolled_at) VALUES (%(user_id)s, %(course_id)s, %(now)s)
        ON CONFLICT (user_id, course_id) DO UPDATE SET user_id = EXCLUDED.user_id
        RETURNING id
        """,
        user_id=user_id,
        course_id=course_id,
        now=now,
    )


async def insert_grant(
    db: Connection, *, enrollment_id: UUID, source_type: GrantSource, source_id: UUID, now: datetime
) -> Grant | None:
    """The new grant, or None when this source has one already."""
    return await fetch_optional(
        db,
        Grant,
        f"""
        INSERT INTO access_grants (enrollment_id, source_type, source_id, granted_at)
        VALUES (%(enrollment_id)s, %(source_type)s, %(source_id)s, %(now)s)
        ON CONFLICT (source_type, source_id) DO NOTHING
        RETURNING {_GRANT}
        """,
        enrollment_id=enrollment_id,
        source_type=source_type,
        source_id=source_id,
        now=now,
    )


async def close_grant(
    db: Connection, *, source_type: GrantSource, source_id: UUID, reason: str, now: datetime
) -> Grant | None:
    """Revoke a live grant; None when there was none to revoke."""
    return await fetch_optional(
        db,
        Grant,
        f"""
        UPDATE access_grants SET revoked_at = %(now)s, reason = %(reason)s
        WHERE source_type = %(source_type)s AND source_id = %(source_id)s AND revoked_at IS NULL
        RETURNING {_GRANT}
        """,
        source_type=source_type,
        source_id=source_id,
        reason=reason,
        now=now,
    )


async def reopen_grant(db: Connection, *, source_type: GrantSource, source_id: UUID) -> Grant | None:
    """Take a revocation back; None when the grant lives or never was."""
    return await fetch_optional(
        db,
        Grant,
        f"""
        UPDATE access_grants SET revoked_at = NULL, reason = NULL
        WHERE source_type = %(source_type)s AND source_id = %(source_id)s AND revoked_at IS NOT NULL
        RETURNING {_GRANT}
        """,
        source_type=source_type,
        source_id=source_id,
    )


async def find_grant(db: Connection, grant_id: UUID) -> Grant | None:
    return await fetch_optional(db, Grant, f"SELECT {_GRANT} FROM access_grants WHERE id = %(id)s", id=grant_id)


async def list_grants(db: Connection, *, user_id: UUID, course_id: UUID) -> list[Grant]:
    """Every grant there ever was, oldest first."""
    return await fetch_all(
        db,
        Grant,
        f"""
        SELECT {_GRANT} FROM access_grants
        WHERE enrollment_id = (SELECT id FROM enrollments WHERE user_id = %(user_id)s AND course_id = %(course_id)s)
        ORDER BY granted_at, id
        """,
        user_id=user_id,
        course_id=course_id,
    )


async def find_access(db: Connection, *, user_id: UUID, course_id: UUID, now: datetime) -> Access | None:
    """Whether this person may learn this course now; None when they never were enrolled."""
    return await fetch_optional(
        db,
        Access,
        f"""
        SELECT e.id AS enrollment_id, {_IS_OPEN} AS is_open, {_IS_EXPIRED} AS is_expired
        FROM enrollments e WHERE e.user_id = %(user_id)s AND e.course_id = %(course_id)s
        """,
        user_id=user_id,
        course_id=course_id,
        now=now,
    )


async def list_open_course_ids(db: Connection, *, user_id: UUID, course_ids: list[UUID], now: datetime) -> list[UUID]:
    """Which of these courses this person may learn already."""
    return await fetch_values(
        db,
        UUID,
        f"""
        SELECT e.course_id FROM enrollments e
        WHERE e.user_id = %(user_id)s AND e.course_id = ANY(%(course_ids)s) AND {_IS_OPEN}
        """,
        user_id=user_id,
        course_ids=course_ids,
        now=now,
    )


async def find_enrollment(db: Connection, enrollment_id: UUID, *, now: datetime) -> Enrollment | None:
    return await fetch_optional(
        db,
        Enrollment,
        f"SELECT {_ENROLLMENT} FROM enrollments e JOIN courses c ON c.id = e.course_id WHERE e.id = %(id)s",
        id=enrollment_id,
        now=now,
    )


async def get_enrollment(db: Connection, enrollment_id: UUID, *, now: datetime) -> Enrollment:
    found = await find_enrollment(db, enrollment_id, now=now)
    if found is None:
        raise EnrollmentNotFound
    return found


async def find_enrollment_of(db: Connection, *, user_id: UUID, course_id: UUID, now: datetime) -> Enrollment | None:
    return await fetch_optional(
        db,
        Enrollment,
        f"""
        SELECT {_ENROLLMENT} FROM enrollments e JOIN courses c ON c.id = e.course_id
        WHERE e.user_id = %(user_id)s AND e.course_id = %(course_id)s
        """,
        user_id=user_id,
        course_id=course_id,
        now=now,
    )


async def lock_enrollment(db: Connection, enrollment_id: UUID) -> UUID | None:
    return await find_value(
        db, UUID, "SELECT id FROM enrollments WHERE id = %(id)s FOR NO KEY UPDATE", id=enrollment_id
    )


async def list_enrollments(
    db: Connection, *, user_id: UUID, now: datetime, limit: int, offset: int, before: UUID | None
) -> list[EnrollmentSummary]:
    """A person's enrollments, newest first; `before` is the last id of the page before."""
    condition = "AND e.id < %(before)s" if before else ""
    return await fetch_all(
        db,
        EnrollmentSummary,
        f"""
        SELECT {_SUMMARY} WHERE e.user_id = %(user_id)s {condition}
        ORDER BY e.id DESC LIMIT %(limit)s OFFSET %(offset)s
        """,
        user_id=user_id,
        now=now,
        limit=limit,
        offset=offset,
        before=before,
    )


async def count_enrollments(db: Connection, *, user_id: UUID, cap: int) -> int:
    return await fetch_value(
        db,
        int,
        "SELECT count(*) FROM (SELECT FROM enrollments WHERE user_id = %(user_id)s LIMIT %(cap)s + 1) AS counted",
        user_id=user_id,
        cap=cap,
    )


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
               c.instructor_id, (c.status = 'published' AND c.deleted_at IS NULL) AS is_published,
               (SELECT id FROM lessons WHERE course_id = l.course_id AND position = l.position - 1) AS previous_id,
               (SELECT id FROM lessons WHERE course_id = l.course_id AND position = l.position + 1) AS next_id,
               e.id AS enrollment_id, {_IS_OPEN} AS is_open, p.completed_at, p.position_seconds
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


async def find_enrollment_letter(db: Connection, grant_id: UUID) -> EnrollmentLetter | None:
    return await fetch_optional(
        db,
        EnrollmentLetter,
        """
        SELECT u.email, u.name, c.title AS course_title, c.slug AS course_slug, g.revoked_at
        FROM access_grants g JOIN enrollments e ON e.id = g.enrollment_id
        JOIN users u ON u.id = e.user_id JOIN courses c ON c.id = e.course_id
        WHERE g.id = %(grant_id)s
        """,
        grant_id=grant_id,
    )


async def list_enrollment_counts(db: Connection, *, since: datetime) -> list[EnrollmentCount]:
    """How many people ever enrolled in each course that someone enrolled in since then."""
    return await fetch_all(
        db,
        EnrollmentCount,
        """
        SELECT course_id, count(*) AS enrollment_count FROM enrollments
        WHERE course_id IN (SELECT course_id FROM enrollments WHERE enrolled_at >= %(since)s) GROUP BY course_id
        """,
        since=since,
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
