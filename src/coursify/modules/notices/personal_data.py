"""What notices has of a person: the notices that they sent, and those about what they wrote."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.modules.notices import queries

TABLES = {
    "notices": "that there was one and how it ended, without words and address",
    "notice_decisions": "all of it: the id of an admin says no more who it was",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {
        "notices_sent": await queries.list_notices_by(db, user_id),
        "notices_received": await queries.list_notices_about(db, user_id),
    }


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    await queries.delete_words_of(db, user_id)
