"""A page of one person's enrollments: newest first, or the one they used last first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Key, Page, Window, cut, id_key
from coursify.modules.enrollments.models import EnrollmentOrder, EnrollmentSummary
from coursify.modules.enrollments.queries import enrollments


async def list_enrollments(
    db: Connection,
    *,
    user_id: UUID,
    course_id: UUID | None = None,
    order: EnrollmentOrder = "newest",
    now: datetime,
    window: Window,
) -> Page[EnrollmentSummary]:
    """In all courses, or in one."""
    rows = await enrollments.list_enrollments(
        db, user_id=user_id, course_id=course_id, order=order, now=now, window=window
    )
    total = await enrollments.count_enrollments(db, user_id=user_id, course_id=course_id)
    return cut(rows, window, total=total, key=_by_activity if order == "activity" else id_key)


def _by_activity(row: EnrollmentSummary) -> Key:
    return (row.last_activity_at.isoformat(), str(row.id))
