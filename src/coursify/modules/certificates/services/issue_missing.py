"""Every completion of a course gets its certificate, also of thousands at once."""

from __future__ import annotations

from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Database
from coursify.core.deadline import Deadline
from coursify.modules.certificates.queries import certificates
from coursify.modules.certificates.services.issue_certificate import issue_certificate

ISSUE_MISSING = "certificates.issue_missing"
BATCH = 20


async def issue_missing(database: Database, *, course_id: UUID, deadline: Deadline) -> None:
    """Twenty in a transaction, which locks nothing that a buyer needs; a job continues when the deadline has passed."""
    while not deadline.has_passed:
        async with database.read() as db:
            batch = await certificates.list_without_certificate(db, course_id=course_id, limit=BATCH)
        if not batch:
            return
        async with database.transaction() as (db, now):
            for enrollment_id in batch:
                await issue_certificate(db, enrollment_id=enrollment_id, now=now)
    async with database.transaction() as (db, _now):
        await jobs.defer(db, ISSUE_MISSING, course_id=course_id)
