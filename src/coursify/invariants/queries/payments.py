"""What must be true of payments, refunds and disputes."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection, fetch_records
from coursify.invariants.models import Rows


async def refunds_beyond_payment(db: Connection, *, now: datetime) -> Rows:
    """Refunds never exceed what was received, nor parts their line; what fits no line is known to a person."""
    return await fetch_records(
        db,
        """
        WITH counted AS (
            SELECT * FROM refunds WHERE status IN ('pending', 'succeeded')
                OR (status = 'requested' AND created_at < %(now)s::timestamptz - interval '1 hour')
        )
        SELECT 'payment' AS of, payments.id FROM payments JOIN counted ON counted.payment_id = payments.id
        WHERE counted.currency = coalesce(payments.received_currency, payments.currency) GROUP BY payments.id
        HAVING sum(counted.amount_minor) > payments.amount_received_minor
        UNION ALL
        SELECT 'order line', line.id FROM order_lines AS line
        JOIN refund_lines AS part ON part.order_line_id = line.id JOIN counted ON counted.id = part.refund_id
        WHERE counted.status <> 'requested'
        GROUP BY line.id HAVING sum(part.amount_minor) > coalesce(line.paid_minor, line.amount_minor)
        UNION ALL
        SELECT 'refund', refunds.id FROM refunds LEFT JOIN refund_lines AS part ON part.refund_id = refunds.id
        WHERE refunds.cause <> 'wrong_amount' GROUP BY refunds.id
        HAVING coalesce(sum(part.amount_minor), 0) > refunds.amount_minor
            OR (refunds.status = 'succeeded' AND coalesce(sum(part.amount_minor), 0) < refunds.amount_minor
                AND NOT EXISTS (
                    SELECT FROM attention_items WHERE object_id = refunds.id::text AND kind = 'refund_mismatch')
                AND NOT EXISTS (SELECT FROM payments JOIN orders ON orders.id = payments.order_id
                                WHERE payments.id = refunds.payment_id AND orders.status <> 'paid'))
        """,
        now=now,
    )


async def amounts_unlike_the_order(db: Connection, *, now: datetime) -> Rows:
    """A payment asks its order's total; another amount received is on the work list, and opens nothing unaccepted."""
    return await fetch_records(
        db,
        """
        SELECT payments.id AS payment_id, payments.amount_minor, payments.amount_received_minor, payments.currency
        FROM payments JOIN orders ON orders.id = payments.order_id
        WHERE payments.amount_minor <> orders.total_minor OR payments.currency <> orders.currency
           OR payments.user_id <> orders.user_id
           OR (payments.intent_rank < 2 AND payments.amount_received_minor <> 0)
           OR (payments.intent_rank = 2
               AND (payments.amount_received_minor, payments.received_currency)
                   IS DISTINCT FROM (payments.amount_minor, payments.currency)
               AND NOT EXISTS (
                   SELECT FROM attention_items
                   WHERE kind = 'wrong_amount' AND object_id = payments.id::text
                     AND (orders.status <> 'paid' OR resolution = 'accept')))
        """,
        now=now,
    )


async def payments_that_went_back(db: Connection, *, now: datetime) -> Rows:
    """A payment's recorded status never moves backwards, and is the last one of its history."""
    return await fetch_records(
        db,
        """
        SELECT step.payment_id, step.seq, step.rank, earlier.rank AS rank_before
        FROM payment_status_history AS step
        JOIN payment_status_history AS earlier ON earlier.payment_id = step.payment_id AND earlier.seq < step.seq
        WHERE step.rank < earlier.rank
        UNION ALL
        SELECT payments.id, newest.seq, payments.intent_rank, newest.rank
        FROM payments CROSS JOIN LATERAL (
            SELECT seq, rank, intent_status FROM payment_status_history WHERE payment_id = payments.id
            ORDER BY seq DESC LIMIT 1
        ) AS newest
        WHERE (newest.rank, newest.intent_status) <> (payments.intent_rank, payments.intent_status)
        """,
        now=now,
    )


async def reversed_money_with_access(db: Connection, *, now: datetime) -> Rows:
    """What was given back whole, or lost to a dispute, is closed after a minute at the latest."""
    return await fetch_records(
        db,
        """
        SELECT live.id AS grant_id, line.id AS order_line_id
        FROM access_grants AS live JOIN order_lines AS line ON line.id = live.source_id
        JOIN payments ON payments.order_id = line.order_id
        WHERE live.source_type = 'order_line' AND live.revoked_at IS NULL
          AND (EXISTS (SELECT FROM disputes WHERE payment_id = payments.id AND status = 'lost'
                       AND updated_at < %(now)s::timestamptz - interval '60 seconds')
               OR (line.paid_minor > 0 AND line.paid_minor <= (
                   SELECT coalesce(sum(part.amount_minor), 0) FROM refund_lines AS part
                   JOIN refunds ON refunds.id = part.refund_id AND refunds.status = 'succeeded'
                   WHERE part.order_line_id = line.id
                     AND refunds.settled_at < %(now)s::timestamptz - interval '60 seconds')))
        """,
        now=now,
    )


async def refunds_despite_dispute(db: Connection, *, now: datetime) -> Rows:
    """No refund is requested here once we know that a dispute is open or lost."""
    return await fetch_records(
        db,
        """
        SELECT refunds.id AS refund_id, disputes.id AS dispute_id
        FROM refunds JOIN disputes ON disputes.payment_id = refunds.payment_id
        WHERE disputes.status IN ('open', 'lost') AND refunds.status <> 'failed' AND refunds.requested_by IS NOT NULL
          AND disputes.id < refunds.id AND disputes.updated_at < refunds.created_at
        """,
        now=now,
    )
