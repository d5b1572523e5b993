"""A page of an instructor's own courses, whatever their status."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.courses.models import CatalogueCourse, CourseStatus
from coursify.modules.courses.queries import owners


async def list_own_courses(
    db: Connection, *, instructor_id: UUID, status: CourseStatus | None, window: Window
) -> Page[CatalogueCourse]:
    """Newest first."""
    rows = await owners.list_own_courses(db, instructor_id, status=status, window=window)
    if not rows:
        return Page([], await owners.count_own_courses(db, instructor_id, status=status), None)
    return cut(rows, window, total=rows[0].total)
