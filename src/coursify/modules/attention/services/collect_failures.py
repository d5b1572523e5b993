"""Jobs that gave up and emails that were lost come to the work list; what runs again leaves it."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection
from coursify.modules.attention import queries


async def collect_failures(db: Connection, *, now: datetime) -> None:
    """The queue and the mail write no items themselves: they do not know this module."""
    await queries.resolve_repaired_jobs(db, now=now)
    await queries.flag_failed_jobs(db, now=now)
    await queries.flag_lost_emails(db, now=now)
