"""Lists the jobs that wait, run or have failed, newest first."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.core.pagination import TOTAL_CAP, Page, Window, cut
from coursify.core.queries import queued_jobs
from coursify.core.queries.queued_jobs import JobStatus, QueuedJob


async def list_jobs(db: Connection, *, status: JobStatus | None, kind: str | None, window: Window) -> Page[QueuedJob]:
    before_id = int(window.after[0]) if window.after else None
    rows = await queued_jobs.list_jobs(db, status=status, kind=kind, before_id=before_id, **window.bound())
    total = await queued_jobs.count_jobs(db, status=status, kind=kind, cap=TOTAL_CAP)
    return cut(rows, window, total=total, key=lambda job: (job.id,))
