"""What one instructor has in the catalogue."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, fetch_values


async def take_down_courses_of(db: Connection, instructor_id: UUID, *, now: datetime) -> list[UUID]:
    """Out of the catalogue for good; those enrolled keep them. Which ones."""
    return await fetch_values(
        db,
        UUID,
        """
        UPDATE courses SET deleted_at = %(now)s, updated_at = %(now)s
        WHERE instructor_id = %(instructor_id)s AND deleted_at IS NULL
        RETURNING id
        """,
        instructor_id=instructor_id,
        now=now,
    )
