"""What courses has of a person, as exported."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, Records, fetch_records


async def list_courses(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT id, slug, title, subtitle, description, requirements, outcomes, status, price_minor, currency,
               created_at, published_at
        FROM courses JOIN course_texts ON course_id = id WHERE instructor_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )


async def list_lessons(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT lessons.id, lessons.course_id, sections.title AS section, lessons.title, content, external_video_url,
               lessons.created_at
        FROM lessons JOIN courses ON courses.id = lessons.course_id LEFT JOIN sections ON sections.id = section_id
        WHERE instructor_id = %(user_id)s AND lessons.deleted_at IS NULL ORDER BY lessons.course_id, lessons.position
        """,
        user_id=user_id,
    )
