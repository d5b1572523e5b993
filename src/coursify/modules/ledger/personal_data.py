"""What the ledger has of a person: what an instructor earned."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, Records
from coursify.modules.ledger import queries

TABLES = {
    "ledger_entries": "all of it: the books are kept",
}


async def export(db: Connection, user_id: UUID) -> dict[str, Records]:
    return {"earnings": await queries.list_earnings_of(db, user_id)}


async def erase(db: Connection, user_id: UUID, now: datetime) -> None:
    """Nothing: the books are kept as long as the law asks."""
