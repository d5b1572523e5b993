"""SQL of what courses are to one person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, fetch_all
from coursify.modules.enrollments.queries.conditions import IS_OPEN, WITH_DONE
from coursify.modules.storefront.models import Relation


async def list_relations(db: Connection, *, user_id: UUID, course_ids: list[UUID], now: datetime) -> list[Relation]:
    """One for each of the courses, in one statement."""
    return await fetch_all(
        db,
        Relation,
        f"""
        SELECT courses.id AS course_id, enrollments.id AS enrollment_id, {IS_OPEN} AS is_open, courses.lesson_count,
               done.lessons AS completed_lessons,
               (SELECT id FROM reviews
                WHERE user_id = %(user_id)s AND course_id = courses.id AND deleted_at IS NULL) AS review_id,
               EXISTS (SELECT FROM wishes WHERE user_id = %(user_id)s AND course_id = courses.id) AS is_wished
        FROM courses
        LEFT JOIN enrollments ON enrollments.user_id = %(user_id)s AND enrollments.course_id = courses.id
        {WITH_DONE}
        WHERE courses.id = ANY(%(course_ids)s::uuid[])
        """,
        user_id=user_id,
        course_ids=course_ids,
        now=now,
    )
