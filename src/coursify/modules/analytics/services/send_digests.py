"""Queues the weekly digest of everyone who switched it on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Connection, Database
from coursify.core.deadline import Deadline
from coursify.modules.analytics import emails
from coursify.modules.notifications.queries import preferences

SEND_DIGESTS = "analytics.send_digests"
FIRST = UUID(int=0)
BATCH = 200


async def begin_digests(db: Connection, *, now: datetime) -> None:
    """Start the week's digests; a second start of the same week queues no email twice."""
    year, week, _ = now.isocalendar()
    await jobs.defer(db, SEND_DIGESTS, week=year * 100 + week, after_id=FIRST)


async def send_digests(database: Database, *, week: int, after_id: UUID, deadline: Deadline) -> None:
    """Two hundred in a transaction; a job continues when the deadline has passed."""
    while not deadline.has_passed:
        async with database.transaction() as (db, now):
            batch = await preferences.list_digest_readers(db, after_id=after_id, limit=BATCH)
            for user_id in batch:
                await emails.post_weekly_digest(db, user_id=user_id, week=week, now=now)
        if len(batch) < BATCH:
            return
        after_id = batch[-1]
    async with database.transaction() as (db, _now):
        await jobs.defer(db, SEND_DIGESTS, week=week, after_id=after_id)
