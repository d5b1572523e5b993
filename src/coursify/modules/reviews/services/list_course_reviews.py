"""A page of the reviews of one course; their number is on the course."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.courses.models import Course
from coursify.modules.reviews.models import Review
from coursify.modules.reviews.queries import reviews


async def list_course_reviews(db: Connection, *, course: Course, window: Window) -> Page[Review]:
    rows = await reviews.list_course_reviews(db, course.id, window=window)
    return cut(rows, window, total=course.rating_count)
