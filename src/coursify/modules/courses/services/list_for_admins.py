"""Lists the courses of one status or all for admins; pending ones come longest waiting first."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.core.pagination import Key, Page, Window, cut
from coursify.core.text import contains
from coursify.modules.courses.models import CatalogueCourse, CourseStatus
from coursify.modules.courses.queries import approvals


async def list_for_admins(
    db: Connection, *, status: CourseStatus | None, search: str | None = None, window: Window
) -> Page[CatalogueCourse]:
    """Deleted courses are in no list. `search` is found literally, in any case, anywhere in a title; newest first."""
    pattern = contains(search.lower()) if search else None
    is_queue = status == "pending" and pattern is None
    if is_queue:
        rows = await approvals.list_pending_courses(db, window=window)
    else:
        rows = await approvals.list_courses(db, status=status, pattern=pattern, window=window)
    if not rows:
        return Page([], await approvals.count_courses(db, status=status, pattern=pattern), None)
    return cut(rows, window, total=rows[0].total, key=lambda course: _key_of(course, is_queue=is_queue))


def _key_of(course: CatalogueCourse, *, is_queue: bool) -> Key:
    if is_queue and course.submitted_at is not None:
        return (course.submitted_at.isoformat(), str(course.id))
    return (str(course.id),)
