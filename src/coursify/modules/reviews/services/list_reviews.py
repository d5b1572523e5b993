"""A page of reviews across courses, of one course, or of one person: visible ones of courses on sale."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Page, cut, id_key
from coursify.modules.reviews import queries
from coursify.modules.reviews.models import ListedReview


async def list_reviews(
    db: Connection, *, filters: dict[str, Any], before_id: UUID | None, limit: int, offset: int
) -> Page[ListedReview]:
    rows = await queries.list_reviews(db, filters=filters, before_id=before_id, limit=limit + 1, offset=offset)
    if not rows:
        return Page([], await queries.count_reviews(db, filters=filters), None)
    return cut(rows, limit, total=rows[0].total, key=id_key)
