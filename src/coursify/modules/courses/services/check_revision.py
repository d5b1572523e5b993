"""An admin decides about what they have read, not about what the owner wrote afterwards."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.courses.errors import CourseChanged
from coursify.modules.courses.queries import snapshots


async def check_revision(db: Connection, course_id: UUID, revision: str) -> None:
    """Call it with the course's lock, which every change of a lesson takes too. Raises CourseChanged."""
    if await snapshots.hash_content(db, course_id) != revision:
        raise CourseChanged
