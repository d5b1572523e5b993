"""A page of one person's enrollments, newest first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.enrollments.models import EnrollmentSummary
from coursify.modules.enrollments.queries import enrollments


async def list_enrollments(db: Connection, *, user_id: UUID, now: datetime, window: Window) -> Page[EnrollmentSummary]:
    rows = await enrollments.list_enrollments(db, user_id=user_id, now=now, window=window)
    return cut(rows, window, total=await enrollments.count_enrollments(db, user_id=user_id))
