"""A page of an instructor's own courses, each with what it has had since the beginning."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window
from coursify.modules.analytics.models import Summary
from coursify.modules.analytics.periods import ALL_TIME
from coursify.modules.analytics.services.summarize_scopes import summarize_scopes
from coursify.modules.courses.models import CatalogueCourse, CourseStatus
from coursify.modules.courses.services.list_own_courses import list_own_courses


async def list_counted_courses(
    db: Connection, *, instructor_id: UUID, status: CourseStatus | None, window: Window
) -> tuple[Page[CatalogueCourse], dict[UUID, Summary]]:
    """Newest first."""
    page = await list_own_courses(db, instructor_id=instructor_id, status=status, window=window)
    return page, await summarize_scopes(db, [course.id for course in page.items], days=ALL_TIME)
