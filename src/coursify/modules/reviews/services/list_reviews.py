"""A page of reviews across courses, of one course, or of one person: visible ones of courses on sale."""

from __future__ import annotations

from typing import Any

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.reviews.models import ListedReview
from coursify.modules.reviews.queries import reviews


async def list_reviews(db: Connection, *, filters: dict[str, Any], window: Window) -> Page[ListedReview]:
    rows = await reviews.list_reviews(db, filters=filters, window=window)
    if not rows:
        return Page([], await reviews.count_reviews(db, filters=filters), None)
    return cut(rows, window, total=rows[0].total)
