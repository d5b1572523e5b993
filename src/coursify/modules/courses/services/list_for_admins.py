"""Lists the courses of one status or all for admins: newest first, but what waits for approval longest first."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.core.pagination import Key, Page, Window, cut
from coursify.core.text import contains
from coursify.modules.courses.models import CatalogueCourse, CourseStatus
from coursify.modules.courses.models.admin_order import AdminOrder
from coursify.modules.courses.queries import approvals


async def list_for_admins(
    db: Connection,
    *,
    status: CourseStatus | None,
    search: str | None = None,
    order: AdminOrder | None = None,
    window: Window,
) -> Page[CatalogueCourse]:
    """Deleted courses are in no list. `search` is found literally, in any case, anywhere in a title."""
    pattern = contains(search.casefold()) if search else None
    is_queue = status == "pending" and pattern is None and order is None
    if is_queue:
        rows = await approvals.list_pending_courses(db, window=window)
    else:
        rows = await approvals.list_courses(
            db, status=status, pattern=pattern, order=order or "-created", window=window
        )
    if not rows:
        return Page([], await approvals.count_courses(db, status=status, pattern=pattern), None)
    key = _key_of_queue if is_queue else approvals.ORDERS[order or "-created"].key_of
    return cut(rows, window, total=rows[0].total, key=key)


def _key_of_queue(course: CatalogueCourse) -> Key:
    return (course.submitted_at.isoformat() if course.submitted_at else "", str(course.id))
