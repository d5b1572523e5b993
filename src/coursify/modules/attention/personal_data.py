"""What the work list has of a person: the admin who resolved an item."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records

TABLES = {
    "attention_items": "all of it: the id of an admin says no more who it was",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {}


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    """Nothing: an id alone names nobody."""
