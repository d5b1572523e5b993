"""A page of what learners say of one course; how many there are, the course knows without counting."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Page, cut, id_key
from coursify.modules.courses.models import Course
from coursify.modules.reviews import queries
from coursify.modules.reviews.models import Review


async def list_course_reviews(
    db: Connection, *, course: Course, before_id: UUID | None, limit: int, offset: int
) -> Page[Review]:
    rows = await queries.list_course_reviews(db, course.id, before_id=before_id, limit=limit + 1, offset=offset)
    return cut(rows, limit, total=course.rating_count, key=id_key)
