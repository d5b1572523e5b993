"""What must be true of orders, their lines and the access they open."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection, fetch_records
from coursify.invariants.models import Rows


async def paid_lines_without_access(db: Connection, *, now: datetime) -> Rows:
    """Every line of an order paid over a minute ago that was not given back, disputed or paid twice is open once."""
    return await fetch_records(
        db,
        """
        SELECT line.id AS order_line_id, line.order_id, count(live.id) AS live_grants
        FROM orders JOIN order_lines AS line ON line.order_id = orders.id
        JOIN payments ON payments.order_id = orders.id
        LEFT JOIN access_grants AS live
            ON live.source_type = 'order_line' AND live.source_id = line.id AND live.revoked_at IS NULL
        WHERE orders.status = 'paid' AND orders.paid_at < %(now)s::timestamptz - interval '60 seconds'
          AND NOT EXISTS (SELECT FROM disputes WHERE payment_id = payments.id AND status IN ('open', 'lost'))
          AND (line.amount_minor = 0 OR coalesce(line.paid_minor, line.amount_minor) > (
              SELECT coalesce(sum(part.amount_minor), 0) FROM refund_lines AS part
              JOIN refunds ON refunds.id = part.refund_id AND refunds.status <> 'failed'
              WHERE part.order_line_id = line.id))
          AND NOT EXISTS (SELECT FROM refund_lines AS part JOIN refunds ON refunds.id = part.refund_id
                          WHERE part.order_line_id = line.id AND refunds.cause = 'duplicate')
        GROUP BY line.id HAVING count(live.id) <> 1
        """,
        now=now,
    )


async def access_without_payment(db: Connection, *, now: datetime) -> Rows:
    """No bought course is open but for that very person and course, paid in full, and not lost to a dispute."""
    return await fetch_records(
        db,
        """
        SELECT live.id AS grant_id, line.id AS order_line_id, payments.id AS payment_id
        FROM access_grants AS live JOIN enrollments ON enrollments.id = live.enrollment_id
        LEFT JOIN order_lines AS line ON line.id = live.source_id
        LEFT JOIN orders ON orders.id = line.order_id
        LEFT JOIN payments ON payments.order_id = orders.id
        WHERE live.source_type = 'order_line' AND live.revoked_at IS NULL
          AND (payments.id IS NULL OR orders.status <> 'paid'
               OR (orders.total_minor > 0 AND (payments.intent_rank <> 2 OR payments.amount_received_minor <> (
                   SELECT sum(coalesce(paid_minor, amount_minor)) FROM order_lines WHERE order_id = orders.id)))
               OR (line.user_id, orders.user_id, line.course_id)
                   IS DISTINCT FROM (enrollments.user_id, enrollments.user_id, enrollments.course_id)
               OR EXISTS (SELECT FROM disputes WHERE payment_id = payments.id AND status IN ('open', 'lost')))
        """,
        now=now,
    )


async def courses_payable_twice(db: Connection, *, now: datetime) -> Rows:
    """A person has at most one payable order per course, and a line is open only while its order is payable."""
    return await fetch_records(
        db,
        """
        SELECT user_id, course_id, count(*) AS open_lines, NULL::uuid AS order_id FROM order_lines WHERE is_open
        GROUP BY user_id, course_id HAVING count(*) > 1
        UNION ALL
        SELECT line.user_id, line.course_id, 1, orders.id FROM order_lines AS line
        JOIN orders ON orders.id = line.order_id WHERE line.is_open <> (orders.status = 'payable')
        """,
        now=now,
    )


async def courses_paid_twice(db: Connection, *, now: datetime) -> Rows:
    """Nobody has paid twice for one course without having one back, on its way, or disputed."""
    # A dispute takes the access away, so the course can be bought again; the money of one that is won goes back then.
    return await fetch_records(
        db,
        """
        WITH kept AS (
            SELECT line.id, line.order_id, line.user_id, line.course_id FROM order_lines AS line
            WHERE line.paid_minor > (
                SELECT coalesce(sum(part.amount_minor), 0) FROM refund_lines AS part
                JOIN refunds ON refunds.id = part.refund_id
                WHERE part.order_line_id = line.id
                  AND (refunds.status IN ('pending', 'succeeded')
                       OR (refunds.status = 'requested'
                           AND refunds.created_at > %(now)s::timestamptz - interval '1 hour'))))
        SELECT kept.user_id, kept.course_id, array_agg(payments.id) AS payment_ids
        FROM kept JOIN orders ON orders.id = kept.order_id AND orders.status = 'paid'
        JOIN payments ON payments.order_id = kept.order_id
        WHERE payments.intent_rank = 2
          AND NOT EXISTS (SELECT FROM disputes WHERE payment_id = payments.id AND status IN ('open', 'lost'))
        GROUP BY kept.user_id, kept.course_id HAVING count(*) > 1
        UNION ALL
        SELECT enrollments.user_id, enrollments.course_id, array_agg(live.id)
        FROM access_grants AS live JOIN enrollments ON enrollments.id = live.enrollment_id
        JOIN kept ON kept.id = live.source_id
        WHERE live.source_type = 'order_line' AND live.revoked_at IS NULL
        GROUP BY enrollments.user_id, enrollments.course_id HAVING count(*) > 1
        """,
        now=now,
    )


async def totals_that_do_not_add_up(db: Connection, *, now: datetime) -> Rows:
    """An order's total is list − discount + tax, no part is negative, and its lines, if it has any, add up to it."""
    return await fetch_records(
        db,
        """
        SELECT orders.id AS order_id, orders.total_minor, sum(line.amount_minor) AS lines_minor
        FROM orders LEFT JOIN order_lines AS line ON line.order_id = orders.id
        GROUP BY orders.id
        HAVING orders.total_minor <> orders.list_price_minor - orders.discount_minor + orders.tax_minor
            OR least(orders.list_price_minor, orders.discount_minor, orders.tax_minor, orders.total_minor) < 0
            OR orders.discount_minor > orders.list_price_minor
            OR (count(line.id) = 0 AND orders.status <> 'canceled')
            OR (count(line.id) > 0 AND sum(line.amount_minor) <> orders.total_minor)
            OR bool_or(line.amount_minor <> line.unit_amount_minor - line.discount_minor + line.tax_minor)
        """,
        now=now,
    )


async def orders_and_payments_apart(db: Connection, *, now: datetime) -> Rows:
    """An order is paid exactly when its money was received; no closed order keeps money that nobody gives back."""
    return await fetch_records(
        db,
        """
        SELECT orders.id AS order_id, orders.status, payments.id AS payment_id, payments.intent_rank
        FROM orders LEFT JOIN payments ON payments.order_id = orders.id
        WHERE (orders.status = 'paid' AND orders.total_minor > 0 AND coalesce(payments.intent_rank, 0) <> 2)
           OR (orders.status <> 'paid' AND payments.intent_rank = 2
               AND payments.received_at < %(now)s::timestamptz - interval '10 minutes'
               AND orders.needs_review IS NULL
               AND NOT EXISTS (SELECT FROM refunds WHERE payment_id = payments.id AND status <> 'failed'))
        """,
        now=now,
    )
