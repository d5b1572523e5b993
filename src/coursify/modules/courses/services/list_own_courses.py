"""A page of an instructor's own courses, whatever their status."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Page, cut, id_key
from coursify.modules.courses import queries
from coursify.modules.courses.models import CatalogueCourse, CourseStatus
from coursify.modules.courses.queries.catalogue import Key


async def list_own_courses(
    db: Connection, *, instructor_id: UUID, status: CourseStatus | None, after: Key | None, limit: int, offset: int
) -> Page[CatalogueCourse]:
    """Newest first; `after` is the last page's `next_key`."""
    rows = await queries.list_own_courses(db, instructor_id, status=status, after=after, limit=limit + 1, offset=offset)
    if not rows:
        return Page([], await queries.count_own_courses(db, instructor_id, status=status), None)
    return cut(rows, limit, total=rows[0].total, key=id_key)
