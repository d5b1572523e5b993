"""What playback has of a person: which videos they played, when, and on what device."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.modules.playback.queries import personal_records, playback_sessions

TABLES = {
    "playback_sessions": "deleted",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {"playback": await personal_records.list_sessions(db, user_id)}


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    await playback_sessions.delete_sessions_of(db, user_id)
