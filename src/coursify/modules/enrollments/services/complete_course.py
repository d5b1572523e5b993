"""After a lesson was removed, those who had only that one left have completed the course."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import jobs
from coursify.core.database import Database
from coursify.core.deadline import Deadline
from coursify.modules.enrollments.queries import completions, enrollments
from coursify.modules.enrollments.services.store_completions import store_completions

COMPLETE_COURSE = "enrollments.complete_course"
# Of certificates, which listens for it.
ISSUE_MISSING = "certificates.issue_missing"
BATCH = 50


async def complete_course(
    database: Database, *, course_id: UUID, after_id: UUID, removed_at: datetime, deadline: Deadline
) -> None:
    """Store the completions of a course in short transactions; a job continues when the deadline has passed.

    Every enrollment is locked before it is looked at, so that progress which is saved at this moment counts. One that
    somebody else has locked gets a transaction of its own: no lock is kept while another one is waited for.
    Who had done every lesson after the one that was removed at `removed_at` has completed the course, also when another
    lesson was added before this runs.
    """
    while not deadline.has_passed:
        async with database.read() as db:
            batch = await completions.list_open_enrollments(db, course_id=course_id, after_id=after_id, limit=BATCH)
        if not batch:
            return
        async with database.transaction() as (db, _now):
            idle = await completions.lock_idle_enrollments(db, batch)
            if await store_completions(db, enrollment_ids=idle, removed_at=removed_at):
                await jobs.defer(db, ISSUE_MISSING, course_id=course_id)
        for enrollment_id in sorted(set(batch) - set(idle)):
            async with database.transaction() as (db, _now):
                await enrollments.lock_enrollment(db, enrollment_id)
                if await store_completions(db, enrollment_ids=[enrollment_id], removed_at=removed_at):
                    await jobs.defer(db, ISSUE_MISSING, course_id=course_id)
        after_id = batch[-1]
    async with database.transaction() as (db, _now):
        await jobs.defer(db, COMPLETE_COURSE, course_id=course_id, after_id=after_id, removed_at=removed_at.isoformat())
