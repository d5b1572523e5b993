"""A page of the reviews of an instructor's courses."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.reviews.models import ReviewToAnswer
from coursify.modules.reviews.queries import teaching


async def list_reviews_to_answer(
    db: Connection, *, instructor_id: UUID, is_unanswered: bool, window: Window
) -> Page[ReviewToAnswer]:
    """The newest first; with `is_unanswered`, only those without a reply."""
    rows = await teaching.list_reviews_of_courses(db, instructor_id, is_unanswered=is_unanswered, window=window)
    if not rows:
        total = await teaching.count_reviews_of_courses(db, instructor_id, is_unanswered=is_unanswered)
        return Page([], total, None)
    return cut(rows, window, total=rows[0].total)
