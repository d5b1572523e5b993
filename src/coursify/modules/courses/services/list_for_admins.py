"""What admins work through: the courses of one status or all; those that wait come longest first."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.core.pagination import Page, cut
from coursify.modules.courses import queries
from coursify.modules.courses.models import CatalogueCourse, CourseStatus
from coursify.modules.courses.queries.catalogue import Key


async def list_for_admins(
    db: Connection, *, status: CourseStatus | None, after: Key | None, limit: int, offset: int
) -> Page[CatalogueCourse]:
    """`after` is the last page's `next_key`; deleted courses are in no list."""
    if status == "pending":
        rows = await queries.list_pending_courses(db, after=after, limit=limit + 1, offset=offset)
    else:
        rows = await queries.list_courses(db, status=status, after=after, limit=limit + 1, offset=offset)
    if not rows:
        return Page([], await queries.count_courses(db, status=status), None)
    return cut(rows, limit, total=rows[0].total, key=lambda course: _key_of(course, status))


def _key_of(course: CatalogueCourse, status: CourseStatus | None) -> Key:
    if status == "pending" and course.submitted_at is not None:
        return (course.submitted_at.isoformat(), str(course.id))
    return (str(course.id),)
