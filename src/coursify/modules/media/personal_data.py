"""What media has of a person: the pictures, videos and files that they uploaded."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.modules.media.queries import personal_records

TABLES = {
    "assets": "what others paid for stays, with the course; pictures of the person go with their account",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {"uploads": await personal_records.list_assets(db, user_id)}


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    """Forget the names that the person gave to their files."""
    await personal_records.clear_filenames(db, user_id)
