"""SQL of the figures. Each statement reads rows that wait, rollups or one day by an index: never all facts."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_one, fetch_value
from coursify.figures.models import Activity, Count, Delays, JobFigure, Revenue

PLATFORM: Final = UUID(int=0)


async def list_job_figures(db: Connection) -> list[JobFigure]:
    """The rows of finished jobs are deleted; a failed run of a periodic job counts until the next one begins.

    The queue keeps its own times, by the machine's clock.
    """
    return await fetch_all(
        db,
        JobFigure,
        """
        SELECT kind.queue_name AS queue, kind.task_name AS job, kind.status, kind.jobs,
               greatest(0, extract(epoch FROM statement_timestamp()
                                   - least(kind.scheduled_at, first.at)))::double precision AS oldest_seconds
        FROM (
            SELECT queue_name, task_name, status::text AS status, count(*) AS jobs,
                   min(id) FILTER (WHERE scheduled_at IS NULL) AS first_id,
                   coalesce(min(scheduled_at), 'infinity') AS scheduled_at
            FROM procrastinate_jobs AS job WHERE status IN ('todo', 'doing')
              OR (status = 'failed' AND (queue_name <> 'clock'
                  OR EXISTS (SELECT FROM procrastinate_periodic_defers AS tick WHERE tick.job_id = job.id)))
            GROUP BY queue_name, task_name, status
        ) AS kind CROSS JOIN LATERAL (
            SELECT coalesce(min(at), statement_timestamp()) AS at
            FROM procrastinate_events WHERE job_id = kind.first_id AND type = 'deferred'
        ) AS first
        """,
    )


async def count_waiting_emails(db: Connection) -> list[Count]:
    """Found by their jobs, because emails of all time have no index by state."""
    return await fetch_all(
        db,
        Count,
        """
        SELECT email.state AS label, count(*) AS rows
        FROM procrastinate_jobs AS job JOIN email_deliveries AS email ON email.id = (job.args ->> 'delivery_id')::uuid
        WHERE job.task_name = 'mail.send_email' AND job.queue_name = 'mail' AND job.status IN ('todo', 'doing')
        GROUP BY email.state
        """,
    )


async def count_unhandled_events(db: Connection) -> list[Count]:
    return await fetch_all(
        db,
        Count,
        """
        SELECT state AS label, count(*) AS rows FROM provider_events WHERE state IN ('received', 'parked')
        GROUP BY state
        """,
    )


async def count_attention_items(db: Connection) -> list[Count]:
    return await fetch_all(
        db,
        Count,
        "SELECT kind AS label, count(*) AS rows FROM attention_items WHERE resolved_at IS NULL GROUP BY kind",
    )


async def get_delays(db: Connection, *, now: datetime) -> Delays:
    return await fetch_one(
        db,
        Delays,
        """
        SELECT
            coalesce(extract(epoch FROM %(now)s - (
                SELECT min(received_at) FROM provider_events WHERE state IN ('received', 'parked')
            )), 0)::double precision AS oldest_event_seconds,
            coalesce(extract(epoch FROM %(now)s - (
                SELECT min(created_at) FROM refunds WHERE status IN ('requested', 'pending')
            )), 0)::double precision AS oldest_refund_seconds,
            (SELECT min(reconciled_until) FROM provider_cursors WHERE provider LIKE '%%:asked') AS reconciled_until,
            (SELECT refreshed_until FROM rollup_progress WHERE name = 'refresh') AS statistics_until,
            (SELECT count(*) FROM procrastinate_workers
             WHERE last_heartbeat > statement_timestamp() - interval '15 seconds') AS workers
        """,
        now=now,
    )


async def count_paid_not_granted(db: Connection, *, now: datetime) -> int:
    """Of the last day, without what was given back, disputed or paid twice; the audit looks at all time (I-01)."""
    return await fetch_value(
        db,
        int,
        """
        SELECT count(*) FROM orders JOIN order_lines AS line ON line.order_id = orders.id
        JOIN payments ON payments.order_id = orders.id
        WHERE orders.status = 'paid' AND orders.paid_at < %(now)s::timestamptz - interval '60 seconds'
          AND orders.paid_at > %(now)s::timestamptz - interval '1 day'
          AND NOT EXISTS (SELECT FROM enrollments JOIN access_grants AS live ON live.enrollment_id = enrollments.id
                          WHERE enrollments.user_id = line.user_id AND enrollments.course_id = line.course_id
                            AND live.source_type = 'order_line' AND live.source_id = line.id
                            AND live.revoked_at IS NULL)
          AND NOT EXISTS (SELECT FROM disputes WHERE payment_id = payments.id AND status IN ('open', 'lost'))
          AND NOT EXISTS (SELECT FROM refund_lines AS part JOIN refunds ON refunds.id = part.refund_id
                          WHERE part.order_line_id = line.id
                            AND (refunds.status <> 'failed' OR refunds.cause = 'duplicate'))
        """,
        now=now,
    )


async def sum_activity(db: Connection) -> Activity:
    return await fetch_one(
        db,
        Activity,
        """
        SELECT coalesce(sum(sign_ups), 0)::bigint AS sign_ups, coalesce(sum(payments), 0)::bigint AS payments,
               coalesce(sum(enrollments), 0)::bigint AS enrollments,
               coalesce(sum(completions), 0)::bigint AS completions
        FROM activity_rollups WHERE scope_id = %(platform)s AND grain = 'month'
        """,
        platform=PLATFORM,
    )


async def list_revenue(db: Connection) -> list[Revenue]:
    return await fetch_all(
        db,
        Revenue,
        """
        SELECT currency, sum(gross_minor)::bigint AS gross_minor, sum(refunded_minor)::bigint AS refunded_minor
        FROM revenue_rollups WHERE scope_id = %(platform)s AND grain = 'month' GROUP BY currency
        """,
        platform=PLATFORM,
    )
