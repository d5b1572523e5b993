"""What the storefront has of a person: the wish list."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.modules.storefront.queries import wishes

TABLES = {
    "wishes": "deleted",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {"wishlist": await wishes.list_wishes_of(db, user_id)}


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:  # as every module's
    await wishes.delete_wishes_of(db, user_id)
