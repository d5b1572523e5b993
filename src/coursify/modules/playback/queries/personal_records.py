"""What playback has of a person, as exported."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, Records, fetch_records


async def list_sessions(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT id, course_id, lesson_id, viewer_mark, device, created_at, expires_at, ended_at
        FROM playback_sessions WHERE user_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )
