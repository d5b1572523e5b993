"""The SQL of sections. Callers that change them hold the course's lock; positions stay 1..n."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_values
from coursify.modules.courses.models import Section


async def list_sections(db: Connection, course_id: UUID) -> list[Section]:
    """The course's sections in order."""
    return await fetch_all(
        db,
        Section,
        "SELECT id, course_id, title, position FROM sections WHERE course_id = %(course_id)s ORDER BY position",
        course_id=course_id,
    )


async def delete_sections_except(db: Connection, *, course_id: UUID, kept_ids: Sequence[UUID]) -> int:
    """Remove the course's other sections; their lessons are in none then."""
    return await execute(
        db,
        "DELETE FROM sections WHERE course_id = %(course_id)s AND NOT id = ANY(%(kept_ids)s::uuid[])",
        course_id=course_id,
        kept_ids=list(kept_ids),
    )


async def store_sections(
    db: Connection, *, course_id: UUID, ids: Sequence[UUID | None], titles: Sequence[str], now: datetime
) -> list[UUID]:
    """Give the sections these titles, and the positions in which they are named; one without an id is new.

    Returns the ids in order.
    """
    return await fetch_values(
        db,
        UUID,
        """
        WITH stored AS (
            INSERT INTO sections (id, course_id, title, position, created_at)
            SELECT coalesce(named.id, uuidv7()), %(course_id)s::uuid, named.title, named.position, %(now)s
            FROM unnest(%(ids)s::uuid[], %(titles)s::text[]) WITH ORDINALITY AS named (id, title, position)
            ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title, position = EXCLUDED.position
            RETURNING id, position
        )
        SELECT id FROM stored ORDER BY position
        """,
        course_id=course_id,
        ids=list(ids),
        titles=list(titles),
        now=now,
    )


async def set_lesson_sections(
    db: Connection, *, course_id: UUID, lesson_ids: Sequence[UUID], section_ids: Sequence[UUID | None]
) -> int:
    """Give the lessons the positions in which they are named, and each the section beside it, or none."""
    return await execute(
        db,
        """
        UPDATE lessons SET position = named.position, section_id = named.section_id
        FROM unnest(%(lesson_ids)s::uuid[], %(section_ids)s::uuid[]) WITH ORDINALITY AS named (id, section_id, position)
        WHERE lessons.id = named.id AND lessons.course_id = %(course_id)s AND lessons.deleted_at IS NULL
        """,
        course_id=course_id,
        lesson_ids=list(lesson_ids),
        section_ids=list(section_ids),
    )
