"""What must be true of the ledger."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection, fetch_records
from coursify.invariants.models import Rows


async def unbalanced_transactions(db: Connection, *, now: datetime) -> Rows:
    """Every ledger transaction sums to zero in each currency."""
    return await fetch_records(
        db,
        """
        SELECT txn_id, currency, sum(amount_minor) AS sum_minor FROM ledger_entries
        GROUP BY txn_id, currency HAVING sum(amount_minor) <> 0
        """,
        now=now,
    )


async def facts_not_booked_once(db: Connection, *, now: datetime) -> Rows:
    """Every payment received, refund succeeded and dispute lost is booked exactly once, and nothing else is."""
    return await fetch_records(
        db,
        """
        WITH fact AS (
            SELECT 'payment' AS kind, payments.id, orders.status = 'paid' AND payments.amount_minor > 0 AS counts
            FROM payments JOIN orders ON orders.id = payments.order_id
            UNION ALL
            SELECT 'refund', id, status = 'succeeded' FROM refunds
            UNION ALL
            SELECT 'dispute', id, status = 'lost' AND amount_minor > 0 FROM disputes
        ), booked AS (
            SELECT split_part(source_type, '_', 1) AS kind, source_id, count(DISTINCT txn_id)
                FILTER (WHERE source_type NOT LIKE '%%\\_reversal') AS bookings,
                count(DISTINCT txn_id) FILTER (WHERE source_type LIKE '%%\\_reversal') AS reversals
            FROM ledger_entries GROUP BY 1, 2
        )
        SELECT coalesce(fact.kind, booked.kind) AS kind, coalesce(fact.id, booked.source_id) AS id,
               booked.bookings, booked.reversals
        FROM fact FULL JOIN booked ON (booked.kind, booked.source_id) = (fact.kind, fact.id)
        WHERE fact.id IS NULL OR coalesce(booked.bookings, 0) > 1
           OR coalesce(booked.bookings - booked.reversals, 0) <> fact.counts::int
        """,
        now=now,
    )


async def shares_unlike_the_lines(db: Connection, *, now: datetime) -> Rows:
    """What was booked to an instructor is the share that was frozen on the line, of exactly the amount that moved."""
    return await fetch_records(
        db,
        """
        WITH moved AS (
            SELECT 'payment' AS source_type, payments.id AS source_id, line.id AS order_line_id, line.instructor_id,
                   payments.currency, -(line.amount_minor * line.instructor_share_bp / 10000) AS share_minor
            FROM payments JOIN orders ON orders.id = payments.order_id AND orders.status = 'paid'
            JOIN order_lines AS line ON line.order_id = orders.id
            UNION ALL
            SELECT 'refund', refunds.id, line.id, line.instructor_id, refunds.currency,
                   part.amount_minor * line.instructor_share_bp / 10000
            FROM refunds JOIN refund_lines AS part ON part.refund_id = refunds.id
            JOIN order_lines AS line ON line.id = part.order_line_id WHERE refunds.status = 'succeeded'
        )
        SELECT moved.source_type, moved.source_id, moved.order_line_id, moved.share_minor,
               coalesce(sum(entry.amount_minor), 0) AS booked_minor
        FROM moved LEFT JOIN ledger_entries AS entry
            ON (entry.source_type, entry.source_id, entry.order_line_id, entry.instructor_id, entry.currency)
             = (moved.source_type, moved.source_id, moved.order_line_id, moved.instructor_id, moved.currency)
            AND entry.account = 'instructor_payable'
        GROUP BY moved.source_type, moved.source_id, moved.order_line_id, moved.share_minor
        HAVING coalesce(sum(entry.amount_minor), 0) <> moved.share_minor
        """,
        now=now,
    )
