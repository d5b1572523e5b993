"""What reviews has of a person: what they wrote about courses, answered and reported."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.modules.reviews.queries import moderation, reviews

TABLES = {
    "reviews": "the rating, without words",
    "review_reports": "that and why something was reported, without words",
    "review_decisions": "all of it: the id of an admin says no more who it was",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {
        "reviews": await reviews.list_reviews_of(db, user_id),
        "replies": await reviews.list_replies_of(db, user_id),
        "review_reports": await moderation.list_reports_of(db, user_id),
    }


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    await reviews.clear_comments_of(db, user_id, now=now)
    await reviews.clear_replies_of(db, user_id, now=now)
    await moderation.clear_reports_of(db, user_id)
