"""Jobs: rows of PostgreSQL, written in the transaction of their cause. core/registered_jobs.py says how they run.

The arguments of a job are ids only; the job reads everything else when it runs. A job may run twice.
"""

from __future__ import annotations

from uuid import UUID

from psycopg.types.json import Jsonb

from coursify.core.database import Connection
from coursify.core.queries import queued_jobs
from coursify.core.traces import make_lock

# A periodic job stops at its deadline.
CLOCK_SECONDS = 45.0

# Each queue has its own slots, so that a job that hangs delays no other queue.
MAIL, MONEY, CLOCK, MEDIA, REST = "mail", "money", "clock", "media", "default"
QUEUES: dict[str, str] = {
    "mail.send_email": MAIL,
    # Queues an email that someone is waiting for.
    "identity.send_link": MAIL,
    "payments.execute_refund": MONEY,
    "payments.cancel_order": MONEY,
    "payments.recheck_payment": MONEY,
    "webhooks.handle_event": MONEY,
    "payments.refresh_customer": REST,
    "certificates.issue": REST,
    "certificates.issue_missing": REST,
    "enrollments.complete_course": REST,
    "enrollments.announce_lessons": REST,
    "enrollments.tell_learners": REST,
    "analytics.send_digests": REST,
    "media.release_asset": REST,
    "media.remove_asset": REST,
    "media.transcode_video": MEDIA,
    "courses.attach_video": REST,
    "courses.reindex_instructor": REST,
    "courses.reindex_category": REST,
    "privacy.run_step": REST,
    "privacy.make_export": REST,
}


def queue_of(name: str) -> str:
    return QUEUES.get(name, REST)


async def defer(db: Connection, name: str, *, delay_seconds: int = 0, **ids: UUID | str | int) -> None:
    """Write a job in the caller's transaction; it starts `delay_seconds` after the commit at the earliest."""
    arguments = {key: str(value) if isinstance(value, UUID) else value for key, value in ids.items()}
    await queued_jobs.insert_job(
        db,
        job=name,
        queue=queue_of(name),
        arguments=Jsonb(arguments),
        lock=make_lock(),
        delay_seconds=delay_seconds,
    )
