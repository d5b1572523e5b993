"""The SQL of a course's learners, as its instructor sees them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_value
from coursify.core.pagination import TOTAL_CAP, Window
from coursify.modules.enrollments.models import CourseLearner
from coursify.modules.enrollments.queries.enrollments import ENROLLMENT, WITH_COURSE


async def list_learners(db: Connection, *, course_id: UUID, now: datetime, window: Window) -> list[CourseLearner]:
    """Everybody who was ever enrolled, the newest first. The progress is read for the rows of the page alone."""
    condition = "AND id < %(before_id)s" if window.after_id else ""
    return await fetch_all(
        db,
        CourseLearner,
        f"""
        SELECT {ENROLLMENT}, users.name, done.last_at AS last_completed_at
        {WITH_COURSE} JOIN users ON users.id = enrollments.user_id
        WHERE enrollments.id IN (
            SELECT id FROM enrollments WHERE course_id = %(course_id)s {condition}
            ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s)
        ORDER BY enrollments.id DESC
        """,
        course_id=course_id,
        now=now,
        before_id=window.after_id,
        **window.bound(),
    )


async def count_learners(db: Connection, *, course_id: UUID) -> int:
    """How many there are, up to one more than the cap."""
    return await fetch_value(
        db,
        int,
        "SELECT count(*) FROM (SELECT FROM enrollments WHERE course_id = %(course_id)s LIMIT %(cap)s) AS capped",
        course_id=course_id,
        cap=TOTAL_CAP + 1,
    )
