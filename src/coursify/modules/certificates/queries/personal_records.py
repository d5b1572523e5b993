"""What certificates has of a person, as exported."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, Records, fetch_records


async def list_certificates(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT code, course_id, learner_name, course_title, instructor_name, issued_at
        FROM certificates WHERE user_id = %(user_id)s ORDER BY issued_at, enrollment_id
        """,
        user_id=user_id,
    )
