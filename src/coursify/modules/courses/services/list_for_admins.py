"""Lists the courses of one status or all for admins; pending ones come longest waiting first."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.core.pagination import Key, Page, Window, cut
from coursify.modules.courses.models import CatalogueCourse, CourseStatus
from coursify.modules.courses.queries import approvals


async def list_for_admins(db: Connection, *, status: CourseStatus | None, window: Window) -> Page[CatalogueCourse]:
    """Deleted courses are in no list."""
    if status == "pending":
        rows = await approvals.list_pending_courses(db, window=window)
    else:
        rows = await approvals.list_courses(db, status=status, window=window)
    if not rows:
        return Page([], await approvals.count_courses(db, status=status), None)
    return cut(rows, window, total=rows[0].total, key=lambda course: _key_of(course, status))


def _key_of(course: CatalogueCourse, status: CourseStatus | None) -> Key:
    if status == "pending" and course.submitted_at is not None:
        return (course.submitted_at.isoformat(), str(course.id))
    return (str(course.id),)
