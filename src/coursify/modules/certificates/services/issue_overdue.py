"""Completions whose job failed, or that are older than certificates, get their certificates too."""

from __future__ import annotations

from datetime import timedelta

from coursify.core.database import Database
from coursify.core.deadline import Deadline
from coursify.modules.certificates.queries import certificates
from coursify.modules.certificates.services.issue_certificate import issue_certificate

OVERDUE = timedelta(minutes=10)
BATCH = 20


async def issue_overdue(database: Database, *, deadline: Deadline) -> None:
    """Until none is left or the deadline has passed; the next run continues."""
    while not deadline.has_passed:
        before = await database.now() - OVERDUE
        async with database.read() as db:
            batch = await certificates.list_overdue(db, before=before, limit=BATCH)
        if not batch:
            return
        async with database.transaction() as (db, now):
            for enrollment_id in batch:
                await issue_certificate(db, enrollment_id=enrollment_id, now=now)
