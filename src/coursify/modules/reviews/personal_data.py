"""What reviews has of a person: what they wrote about courses, and answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.modules.reviews import queries

TABLES = {
    "reviews": "the rating, without words",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {
        "reviews": await queries.list_reviews_of(db, user_id),
        "replies": await queries.list_replies_of(db, user_id),
    }


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    await queries.clear_comments_of(db, user_id, now=now)
    await queries.clear_replies_of(db, user_id, now=now)
