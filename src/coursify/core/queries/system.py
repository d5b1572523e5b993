"""Questions about the database itself."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from coursify.core.database import Connection, fetch_optional, fetch_value


@dataclass(frozen=True, slots=True)
class AppliedSchema:
    """The newest applied revision, and the oldest newest-revision of a version that may serve it."""

    revision: str
    compatible_from: str


async def make_id(db: Connection) -> UUID:
    """A new UUIDv7, for a row whose id is needed before it is inserted; other rows get theirs by default."""
    return await fetch_value(db, UUID, "SELECT uuidv7()")


async def ping(db: Connection) -> int:
    return await fetch_value(db, int, "SELECT 1")


async def find_applied_schema(db: Connection) -> AppliedSchema | None:
    return await fetch_optional(
        db, AppliedSchema, "SELECT version_num AS revision, compatible_from FROM alembic_version"
    )
