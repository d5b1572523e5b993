"""A page of one person's enrollments, newest first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.enrollments import queries
from coursify.modules.enrollments.models import EnrollmentSummary


async def list_enrollments(db: Connection, *, user_id: UUID, now: datetime, window: Window) -> Page[EnrollmentSummary]:
    rows = await queries.list_enrollments(db, user_id=user_id, now=now, window=window)
    return cut(rows, window, total=await queries.count_enrollments(db, user_id=user_id))
