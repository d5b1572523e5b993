"""The jobs that wait, run or have failed, as an operator sees them. A job that succeeded is deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from psycopg.types.json import Jsonb

from coursify.core.database import Connection, execute, fetch_all, fetch_optional, fetch_value

JobStatus = Literal["queued", "running", "failed"]
_CAP: Final = 10_000
_STATUS: Final = """
    CASE job.status WHEN 'todo' THEN 'queued' WHEN 'doing' THEN 'running' ELSE 'failed' END"""
_JOB: Final = f"""
    job.id, job.task_name AS kind, job.queue_name AS queue, {_STATUS} AS status, job.attempts, job.args AS arguments,
    job.scheduled_at,
    (SELECT min(event.at) FROM procrastinate_events AS event WHERE event.job_id = job.id) AS created_at,
    (SELECT max(event.at) FROM procrastinate_events AS event WHERE event.job_id = job.id) AS changed_at,
    (SELECT failure.error ->> 'type' FROM job_failures AS failure WHERE failure.job_id = job.id
     ORDER BY failure.attempt DESC LIMIT 1) AS last_error
    FROM procrastinate_jobs AS job"""
_CONDITIONS: Final = {
    "queued": "job.status = 'todo'",
    "running": "job.status = 'doing'",
    "failed": "job.status = 'failed'",
}


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """`arguments` are ids only. `attempts` are the runs that have ended; `last_error` is the type of the last error."""

    id: int
    kind: str
    queue: str
    status: JobStatus
    attempts: int
    arguments: dict[str, Any]
    scheduled_at: datetime | None
    created_at: datetime | None
    changed_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class JobCount:
    """Jobs of one kind in one status; `oldest_at` is when the oldest of them was queued."""

    kind: str
    status: JobStatus
    count: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobEvent:
    """What the queue noted about a job, in its own words: `deferred`, `started`, `deferred_for_retry`, `failed`."""

    type: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class JobFailure:
    """The error of one run: type, code, the last lines of code, and the type of its cause."""

    attempt: int
    error: dict[str, Any]
    failed_at: datetime


def job_row(arguments: str, *, lock: str = "%(lock)s::text", at: str = "NULL") -> str:
    """The SQL of one job for `procrastinate_defer_jobs_v1`; `queue`, `job` and `lock` are parameters."""
    return f"ROW (%(queue)s::text, %(job)s::text, 0, {lock}, NULL, {arguments}, {at})::procrastinate_job_to_defer_v1"


async def insert_job(
    db: Connection, *, job: str, queue: str, arguments: Jsonb, lock: str | None, delay_seconds: int
) -> list[int]:
    """Its id, alone in a list."""
    at = "CASE WHEN %(delay_seconds)s::int > 0 THEN now() + make_interval(secs => %(delay_seconds)s::int) END"
    return await fetch_value(
        db,
        list[int],
        f"SELECT procrastinate_defer_jobs_v1(ARRAY[{job_row('%(arguments)s::jsonb', at=at)}])",
        job=job,
        queue=queue,
        arguments=arguments,
        lock=lock,
        delay_seconds=delay_seconds,
    )


async def insert_failure(db: Connection, *, job_id: int, attempt: int, error: Jsonb, now: datetime) -> int:
    """0 rows when the job is gone. A run that is counted again overwrites what it wrote."""
    return await execute(
        db,
        """
        INSERT INTO job_failures (job_id, attempt, error, failed_at)
        SELECT id, %(attempt)s, %(error)s, %(now)s FROM procrastinate_jobs WHERE id = %(job_id)s
        ON CONFLICT (job_id, attempt) DO UPDATE SET error = EXCLUDED.error, failed_at = EXCLUDED.failed_at
        """,
        job_id=job_id,
        attempt=attempt,
        error=error,
        now=now,
    )


async def list_jobs(
    db: Connection, *, status: JobStatus | None, kind: str | None, before_id: int | None, limit: int, offset: int
) -> list[QueuedJob]:
    """Newest first."""
    conditions = [*_conditions(status, kind), *(["job.id < %(before_id)s"] if before_id else [])]
    return await fetch_all(
        db,
        QueuedJob,
        f"SELECT {_JOB} WHERE {' AND '.join(conditions)} ORDER BY job.id DESC LIMIT %(limit)s OFFSET %(offset)s",
        kind=kind,
        before_id=before_id,
        limit=limit,
        offset=offset,
    )


async def count_jobs(db: Connection, *, status: JobStatus | None, kind: str | None, cap: int) -> int:
    where = " AND ".join(_conditions(status, kind))
    return await fetch_value(
        db,
        int,
        f"SELECT count(*) FROM (SELECT FROM procrastinate_jobs AS job WHERE {where} LIMIT %(cap)s + 1) AS counted",
        kind=kind,
        cap=cap,
    )


async def count_by_kind(db: Connection) -> list[JobCount]:
    """Failed ones first. Of a very long queue only the first 10,000 jobs are counted."""
    return await fetch_all(
        db,
        JobCount,
        f"""
        SELECT kind, status, count(*) AS count, min(created_at) AS oldest_at FROM (
            SELECT job.task_name AS kind, {_STATUS} AS status,
                   (SELECT min(event.at) FROM procrastinate_events AS event WHERE event.job_id = job.id) AS created_at
            FROM procrastinate_jobs AS job WHERE {_conditions(None, None)[0]} ORDER BY job.id LIMIT {_CAP}
        ) AS job GROUP BY kind, status ORDER BY status = 'failed' DESC, status = 'running' DESC, kind
        """,
    )


async def find_job(db: Connection, job_id: int) -> QueuedJob | None:
    return await fetch_optional(db, QueuedJob, f"SELECT {_JOB} WHERE job.id = %(job_id)s", job_id=job_id)


async def lock_job(db: Connection, job_id: int) -> QueuedJob | None:
    return await fetch_optional(
        db, QueuedJob, f"SELECT {_JOB} WHERE job.id = %(job_id)s FOR NO KEY UPDATE OF job", job_id=job_id
    )


async def list_job_events(db: Connection, job_id: int) -> list[JobEvent]:
    """Oldest first."""
    return await fetch_all(
        db,
        JobEvent,
        """
        SELECT type::text, at FROM procrastinate_events WHERE job_id = %(job_id)s ORDER BY at, id
        """,
        job_id=job_id,
    )


async def list_job_failures(db: Connection, job_id: int) -> list[JobFailure]:
    """Newest first."""
    return await fetch_all(
        db,
        JobFailure,
        "SELECT attempt, error, failed_at FROM job_failures WHERE job_id = %(job_id)s ORDER BY attempt DESC",
        job_id=job_id,
    )


def _conditions(status: JobStatus | None, kind: str | None) -> list[str]:
    return [
        _CONDITIONS[status] if status else "job.status IN ('todo', 'doing', 'failed')",
        *(["job.task_name = %(kind)s"] if kind else []),
    ]
