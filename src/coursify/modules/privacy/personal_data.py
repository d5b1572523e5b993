"""What privacy has of a person: their exports and their erasure."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.modules.privacy.queries import exports

TABLES = {
    "data_exports": "deleted",
    "erasure_requests": "that it happened; the address of the receipt until it is sent",
    "tombstones": "the id, so that a restored backup is erased again",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {}


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    await exports.delete_exports_of(db, user_id)
