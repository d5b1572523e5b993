"""Questions about the database itself."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, fetch_value


async def make_id(db: Connection) -> UUID:
    """A new UUIDv7, for a row whose id is needed before it is inserted; other rows get theirs by default."""
    return await fetch_value(db, UUID, "SELECT uuidv7()")


async def ping(db: Connection) -> int:
    return await fetch_value(db, int, "SELECT 1")
