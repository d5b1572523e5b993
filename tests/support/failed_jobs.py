"""Jobs that have used up their runs."""

from __future__ import annotations

from uuid import uuid4

from psycopg.types.json import Jsonb
from tests.support.classroom import Classroom

from coursify.core.errors import Unavailable
from coursify.core.logging import describe


async def failed_job(classroom: Classroom, task: str = "payments.recheck_payment", **arguments: str) -> int:
    """Its number. Without a payment it does nothing when it runs again."""
    rows = await classroom.rows(
        """
        INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)
        VALUES ('default', %s, jsonb_build_object('payment_id', %s::text), 'failed', 20) RETURNING id
        """,
        task,
        arguments.get("payment_id", str(uuid4())),
    )
    return int(rows[0][0])


async def note_failure(classroom: Classroom, job_id: int, message: str) -> None:
    """An error with this message in its last run."""
    await classroom.db.execute(
        "INSERT INTO job_failures (job_id, attempt, error, failed_at) VALUES (%s, 20, %s, now())",
        [job_id, Jsonb(describe(_raised(message)))],
    )


def _raised(message: str) -> Unavailable:
    try:
        int("no number")
    except ValueError as error:
        return Unavailable(message).with_traceback(error.__traceback__)
    raise AssertionError
