"""How the queue, the clock and the mail are, for the page that an operator looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from coursify.core.database import Connection, fetch_all

_CAP: Final = 10_000
NEWEST_EMAILS: Final = 1_000


@dataclass(frozen=True, slots=True)
class QueueState:
    """Jobs of one queue in one state, up to 10,001; `oldest_at` is when the oldest of them could begin."""

    queue: str
    status: str
    count: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClockState:
    """When a periodic job was last due."""

    task: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class MailState:
    state: str
    count: int
    newest_at: datetime


async def list_queue_states(db: Connection) -> list[QueueState]:
    """Of jobs that wait, run or have failed. A job for later counts from its time on."""
    return await fetch_all(
        db,
        QueueState,
        f"""
        SELECT queue, status, count(*) AS count, min(due_at) AS oldest_at FROM (
            SELECT job.queue_name AS queue, job.status::text AS status, greatest(job.scheduled_at, (
                SELECT min(event.at) FROM procrastinate_events AS event WHERE event.job_id = job.id)) AS due_at
            FROM procrastinate_jobs AS job
            WHERE job.status IN ('todo', 'doing', 'failed') LIMIT {_CAP + 1}
        ) AS job GROUP BY queue, status ORDER BY queue, status
        """,
    )


async def list_clock_states(db: Connection) -> list[ClockState]:
    return await fetch_all(
        db,
        ClockState,
        """
        SELECT task_name AS task, to_timestamp(max(defer_timestamp)) AS last_at
        FROM procrastinate_periodic_defers GROUP BY task_name ORDER BY task_name
        """,
    )


async def list_mail_states(db: Connection) -> list[MailState]:
    """Of the newest emails; ids rise with time, so that this reads no other."""
    return await fetch_all(
        db,
        MailState,
        f"""
        SELECT state, count(*) AS count, max(created_at) AS newest_at FROM (
            SELECT state, created_at FROM email_deliveries ORDER BY id DESC LIMIT {NEWEST_EMAILS}
        ) AS email GROUP BY state ORDER BY state
        """,
    )
