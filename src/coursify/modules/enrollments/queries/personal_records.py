"""What enrollments has of a person, as exported."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, Records, fetch_records


async def list_enrollments(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT enrollments.id, course_id, courses.title, enrolled_at, completed_at
        FROM enrollments JOIN courses ON courses.id = course_id
        WHERE user_id = %(user_id)s ORDER BY enrollments.id
        """,
        user_id=user_id,
    )


async def list_grants(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT access_grants.id, course_id, source_type, source_id, granted_at, valid_until, revoked_at, reason
        FROM access_grants JOIN enrollments ON enrollments.id = enrollment_id
        WHERE user_id = %(user_id)s ORDER BY access_grants.id
        """,
        user_id=user_id,
    )


async def list_progress(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT enrollment_id, lesson_id, lesson_progress.completed_at, position_seconds, updated_at
        FROM lesson_progress JOIN enrollments ON enrollments.id = enrollment_id
        WHERE user_id = %(user_id)s ORDER BY enrollment_id, lesson_id
        """,
        user_id=user_id,
    )
