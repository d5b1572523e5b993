"""The job queue: jobs that failed, and stalled jobs, which are `doing` although their worker has stopped.

A worker has stopped when its heartbeat is old, by the clock of the database without any offset.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from coursify.core.database import Connection, execute, fetch_all


@dataclass(frozen=True, slots=True)
class FailedJob:
    id: int
    task_name: str
    arguments: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class StalledJob:
    id: int
    task_name: str
    status: Literal["todo", "failed"]
    attempts: int


async def delete_superseded_jobs(db: Connection, *, stalled_seconds: float) -> int:
    """Delete stalled jobs that have a successor under the same queueing lock, which allows one `todo` job only."""
    return await execute(
        db,
        """
        DELETE FROM procrastinate_jobs AS job
        WHERE job.status = 'doing'
          AND NOT EXISTS (
              SELECT FROM procrastinate_workers AS worker WHERE worker.id = job.worker_id
              AND worker.last_heartbeat >= statement_timestamp() - make_interval(secs => %(stalled_seconds)s))
          AND EXISTS (
              SELECT FROM procrastinate_jobs AS other
              WHERE other.queueing_lock = job.queueing_lock
                AND (other.status = 'todo' OR (other.status = 'doing' AND other.id > job.id)))
        """,
        stalled_seconds=stalled_seconds,
    )


async def requeue_stalled_jobs(db: Connection, *, stalled_seconds: float, max_attempts: int) -> list[StalledJob]:
    """Set stalled jobs to `todo`, due now. The interrupted run counts; a job without runs left becomes `failed`."""
    return await fetch_all(
        db,
        StalledJob,
        """
        UPDATE procrastinate_jobs AS job
        SET attempts = job.attempts + 1,
            scheduled_at = statement_timestamp(),
            abort_requested = false,
            status = CASE WHEN job.abort_requested OR job.attempts + 1 >= %(max_attempts)s
                THEN 'failed' ELSE 'todo' END::procrastinate_job_status
        WHERE job.status = 'doing'
          AND NOT EXISTS (
              SELECT FROM procrastinate_workers AS worker WHERE worker.id = job.worker_id
              AND worker.last_heartbeat >= statement_timestamp() - make_interval(secs => %(stalled_seconds)s))
        RETURNING job.id, job.task_name, job.status::text, job.attempts
        """,
        stalled_seconds=stalled_seconds,
        max_attempts=max_attempts,
    )


async def list_failed_jobs(db: Connection) -> list[FailedJob]:
    """The failed jobs, without the run of a periodic job that a later one has followed."""
    return await fetch_all(
        db,
        FailedJob,
        """
        SELECT id, task_name, args AS arguments, attempts FROM procrastinate_jobs AS job
        WHERE status = 'failed' AND (queue_name <> 'clock'
            OR EXISTS (SELECT FROM procrastinate_periodic_defers AS tick WHERE tick.job_id = job.id))
        ORDER BY id
        """,
    )


async def retry_failed_job(db: Connection, job_id: int, *, now: datetime) -> int:
    """Run a failed job once more; once, because its runs are used up. Returns 0 when the job is not failed."""
    return await execute(
        db,
        """
        SELECT procrastinate_retry_job_v2(id, %(now)s, NULL, NULL, NULL) FROM procrastinate_jobs
        WHERE id = %(job_id)s AND status = 'failed'
        """,
        job_id=job_id,
        now=now,
    )
