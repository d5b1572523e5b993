"""Reads the statistics of one course for its instructor or an admin."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.analytics.models import Statistics
from coursify.modules.analytics.periods import Span
from coursify.modules.analytics.services.read_statistics import read_statistics
from coursify.modules.courses.policies import require_editor
from coursify.modules.courses.queries.courses import get_course


async def read_course_statistics(
    db: Connection, *, caller: Caller, course_id: UUID, span: Span, now: datetime
) -> Statistics:
    """Raises CourseNotFound, NotYourCourse."""
    require_editor(await get_course(db, course_id), caller)
    return await read_statistics(db, course_id, span=span, now=now, with_lessons=True)
