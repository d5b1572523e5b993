"""What courses has of a person, as exported."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, Records, fetch_records


async def list_courses(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT id, slug, title, subtitle, description, status, price_minor, currency, created_at, published_at
        FROM courses JOIN course_texts ON course_id = id WHERE instructor_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )


async def list_lessons(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT lessons.id, course_id, lessons.title, content, lessons.created_at
        FROM lessons JOIN courses ON courses.id = course_id
        WHERE instructor_id = %(user_id)s AND lessons.deleted_at IS NULL ORDER BY course_id, position
        """,
        user_id=user_id,
    )
