"""What must be true of events, idempotent answers, emails and jobs."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection, fetch_records
from coursify.invariants.models import Rows


async def events_that_wait(db: Connection, *, now: datetime) -> Rows:
    """No provider event waits over 5 minutes, or parked over an hour, and each success applied has its effect."""
    return await fetch_records(
        db,
        """
        SELECT id AS event_id, type, state FROM provider_events
        WHERE (state = 'received' AND received_at < %(now)s::timestamptz - interval '5 minutes')
           OR (state = 'parked' AND received_at < %(now)s::timestamptz - interval '1 hour')
        UNION ALL
        SELECT event.id, event.type, event.state FROM provider_events AS event
        LEFT JOIN payments ON payments.provider_payment_id = event.object_id
        LEFT JOIN orders ON orders.id = payments.order_id
        WHERE event.type = 'payment_intent.succeeded' AND event.state = 'applied'
          AND coalesce(payments.intent_rank, 0) <> 2 AND orders.needs_review IS NULL
        """,
        now=now,
    )


async def keys_without_answer(db: Connection, *, now: datetime) -> Rows:
    """An Idempotency-Key is held by a lease of 5 minutes at most, and once it is done has its answer."""
    return await fetch_records(
        db,
        """
        SELECT user_id, route, state, leased_until FROM idempotency_keys
        WHERE leased_until > created_at + interval '5 minutes'
           OR (state = 'done' AND (response_status IS NULL OR response_body IS NULL))
        """,
        now=now,
    )


async def purchases_without_email(db: Connection, *, now: datetime) -> Rows:
    """Every paid order has one receipt, and every settled refund one email, accepted (or suppressed) in 5 minutes."""
    return await fetch_records(
        db,
        """
        WITH owed AS (
            SELECT 'receipt:' || id AS message_key FROM orders
            WHERE status = 'paid' AND paid_at < %(now)s::timestamptz - interval '5 minutes'
            UNION ALL
            SELECT 'refund:' || id FROM refunds
            WHERE status = 'succeeded' AND settled_at < %(now)s::timestamptz - interval '5 minutes'
        )
        SELECT owed.message_key, array_agg(email.state) AS states
        FROM owed LEFT JOIN email_deliveries AS email ON email.message_key = owed.message_key
        GROUP BY owed.message_key
        HAVING count(email.id) <> 1
            OR bool_or(email.state NOT IN ('accepted', 'suppressed')
                       OR (email.state = 'suppressed' AND coalesce(email.reason, '') = ''))
        """,
        now=now,
    )


async def jobs_that_wait(db: Connection, *, now: datetime) -> Rows:
    """No job that is due waits over a minute for somebody to begin it."""
    # The queue keeps its own times, by the machine's clock.
    return await fetch_records(
        db,
        """
        SELECT job.id AS job_id, job.task_name, coalesce(job.scheduled_at, deferred.at) AS due_at
        FROM procrastinate_jobs AS job CROSS JOIN LATERAL (
            SELECT max(at) AS at FROM procrastinate_events
            WHERE job_id = job.id AND type IN ('deferred', 'deferred_for_retry')
        ) AS deferred
        WHERE job.status = 'todo'
          AND coalesce(job.scheduled_at, deferred.at) < statement_timestamp() - interval '60 seconds'
        """,
        now=now,
    )


async def work_without_job(db: Connection, *, now: datetime) -> Rows:
    """Every event not yet handled, email not yet sent and refund not yet asked for has its job."""
    return await fetch_records(
        db,
        """
        WITH owed AS (
            SELECT 'webhooks.handle_event' AS task_name, 'event_key' AS argument, id FROM provider_events
            WHERE state IN ('received', 'parked')
            UNION ALL
            SELECT 'mail.send_email', 'delivery_id', id FROM email_deliveries WHERE state IN ('queued', 'sending')
            UNION ALL
            SELECT 'payments.execute_refund', 'refund_id', id FROM refunds WHERE status = 'requested'
        )
        SELECT owed.task_name, owed.id FROM owed WHERE NOT EXISTS (
            SELECT FROM procrastinate_jobs AS job
            WHERE job.task_name = owed.task_name AND job.status IN ('todo', 'doing')
              AND job.args ->> owed.argument = owed.id::text)
        """,
        now=now,
    )
