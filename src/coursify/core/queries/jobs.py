"""Jobs whose worker is gone: their rows say that they run, and nobody runs them.

Heartbeats are the queue's own, by the database's clock without any offset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from coursify.core.database import Connection, execute, fetch_all


@dataclass(frozen=True, slots=True)
class StalledJob:
    id: int
    task_name: str
    status: Literal["todo", "failed"]
    attempts: int


async def drop_overtaken_jobs(db: Connection, *, stalled_seconds: float) -> int:
    """Delete stalled jobs that have a successor under the same queueing lock, which lets only one of them wait."""
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


async def repeat_stalled_jobs(db: Connection, *, stalled_seconds: float, max_attempts: int) -> list[StalledJob]:
    """Let stalled jobs wait again, due now; the attempt that was killed counts, and the last one ends as failed."""
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
