"""An admin runs a failed job once more."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.core.queries import job_queue, queued_jobs
from coursify.core.queries.queued_jobs import QueuedJob
from coursify.modules.admin.errors import JobNotFailed, JobNotFound
from coursify.modules.attention.services.resolve import resolve


async def retry_job(db: Connection, *, caller: Caller, job_id: int, now: datetime) -> QueuedJob:
    """Queue it, write that into the audit log and close its item of the work list.

    Raises JobNotFound, JobNotFailed. The audit log names the job by its number, as the end of an id.
    """
    job = await queued_jobs.lock_job(db, job_id)
    if job is None:
        raise JobNotFound
    if job.status != "failed":
        raise JobNotFailed
    await job_queue.retry_failed_job(db, job_id, now=now)
    await resolve(
        db,
        kind="job_failed",
        object_type="job",
        object_id=str(job_id),
        resolution="retry",
        resolved_by=caller.user_id,
        now=now,
    )
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="job.retry",
        target_type="job",
        target_id=UUID(int=job_id),
        details={"jobId": job_id, "kind": job.kind},
    )
    return await queued_jobs.find_job(db, job_id) or job
