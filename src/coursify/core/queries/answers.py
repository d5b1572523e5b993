"""Notifications about what public answers show. Triggers send them (revision 0042)."""

from __future__ import annotations

from coursify.core.database import Connection, execute


async def listen_for_changes(db: Connection) -> int:
    return await execute(db, "LISTEN answers")
