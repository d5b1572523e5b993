"""What must be true of payments, refunds and disputes."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection, fetch_records
from coursify.invariants.models import Rows


async def refunds_beyond_payment(db: Connection, *, now: datetime) -> Rows:
    """Refunds never exceed what was received, nor their lines the line, and none is asked for once a dispute stands."""
    return await fetch_records(
        db,
        """
        SELECT 'payment' AS of, payments.id FROM payments JOIN refunds ON refunds.payment_id = payments.id
        WHERE refunds.status <> 'failed' GROUP BY payments.id
        HAVING sum(refunds.amount_minor) > payments.amount_received_minor
        UNION ALL
        SELECT 'order line', line.id FROM order_lines AS line
        JOIN refund_lines AS part ON part.order_line_id = line.id
        JOIN refunds ON refunds.id = part.refund_id AND refunds.status <> 'failed'
        GROUP BY line.id HAVING sum(part.amount_minor) > line.amount_minor
        UNION ALL
        SELECT 'refund', refunds.id FROM refunds LEFT JOIN refund_lines AS part ON part.refund_id = refunds.id
        GROUP BY refunds.id HAVING coalesce(sum(part.amount_minor), 0) <> refunds.amount_minor
        UNION ALL
        SELECT 'refund', refunds.id FROM refunds JOIN disputes ON disputes.payment_id = refunds.payment_id
        WHERE disputes.status IN ('open', 'lost') AND refunds.status <> 'failed'
          AND refunds.requested_by IS NOT NULL AND refunds.created_at > disputes.opened_at
        """,
        now=now,
    )


async def amounts_unlike_the_order(db: Connection, *, now: datetime) -> Rows:
    """A payment asks exactly its order's total in its order's currency, and never receives more or less."""
    return await fetch_records(
        db,
        """
        SELECT payments.id AS payment_id, payments.amount_minor, payments.amount_received_minor, payments.currency
        FROM payments JOIN orders ON orders.id = payments.order_id
        WHERE payments.amount_minor <> orders.total_minor OR payments.currency <> orders.currency
           OR payments.user_id <> orders.user_id
           OR payments.amount_received_minor <> CASE WHEN payments.intent_rank = 2 THEN payments.amount_minor ELSE 0 END
        """,
        now=now,
    )


async def payments_that_went_back(db: Connection, *, now: datetime) -> Rows:
    """A payment's recorded status never moves backwards, and stands where its history ends."""
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
               OR (line.amount_minor > 0 AND line.amount_minor <= (
                   SELECT coalesce(sum(part.amount_minor), 0) FROM refund_lines AS part
                   JOIN refunds ON refunds.id = part.refund_id AND refunds.status = 'succeeded'
                   WHERE part.order_line_id = line.id
                     AND refunds.settled_at < %(now)s::timestamptz - interval '60 seconds')))
        """,
        now=now,
    )
