"""Returns one review to a person who may see it."""

from __future__ import annotations

from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.reviews import policies
from coursify.modules.reviews.errors import ReviewNotFound
from coursify.modules.reviews.models import Review
from coursify.modules.reviews.queries import reviews


async def show_review(db: Connection, *, caller: Caller | None, review_id: UUID) -> Review:
    review = await reviews.get_review(db, review_id)
    if not policies.can_see_review(review, caller):
        raise ReviewNotFound
    return review
