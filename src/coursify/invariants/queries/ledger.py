"""What must be true of the ledger."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection, fetch_records
from coursify.invariants.models import Rows

# Bookings that were not taken back, each with what it moved at the provider or the bank.
_STANDING = """
    standing AS (
        SELECT booked.id, booked.source_type, booked.source_id, entry.currency,
               coalesce(sum(entry.amount_minor)
                        FILTER (WHERE entry.account IN ('provider_clearing', 'bank')), 0) AS moved_minor
        FROM ledger_transactions AS booked JOIN ledger_entries AS entry ON entry.transaction_id = booked.id
        WHERE booked.reverses_id IS NULL
          AND NOT EXISTS (SELECT FROM ledger_transactions WHERE reverses_id = booked.id)
        GROUP BY booked.id, entry.currency
    )
"""


async def unbalanced_transactions(db: Connection, *, now: datetime) -> Rows:
    """Every ledger transaction has entries, and they sum to zero in each currency."""
    return await fetch_records(
        db,
        """
        SELECT booked.id AS transaction_id, entry.currency, sum(entry.amount_minor) AS sum_minor
        FROM ledger_transactions AS booked LEFT JOIN ledger_entries AS entry ON entry.transaction_id = booked.id
        GROUP BY booked.id, entry.currency HAVING coalesce(sum(entry.amount_minor), 1) <> 0
        """,
        now=now,
    )


async def facts_not_booked_once(db: Connection, *, now: datetime) -> Rows:
    """Each payment received, refund succeeded and dispute lost is booked once with its amount; nothing else is."""
    return await fetch_records(
        db,
        f"""
        WITH fact AS (
            SELECT 'payment' AS source_type, id, amount_received_minor AS moved_minor,
                   coalesce(received_currency, currency) AS currency
            FROM payments WHERE intent_rank = 2 AND amount_received_minor > 0
            UNION ALL
            SELECT 'refund', id, -amount_minor, currency FROM refunds WHERE status = 'succeeded'
            UNION ALL
            SELECT 'dispute', id, -amount_minor, currency FROM disputes WHERE status = 'lost' AND amount_minor > 0
        ), {_STANDING}, booked AS (
            SELECT source_type, source_id, currency, count(*) AS bookings, sum(moved_minor) AS moved_minor
            FROM standing WHERE source_type IN ('payment', 'refund', 'dispute') GROUP BY 1, 2, 3
        )
        SELECT coalesce(fact.source_type, booked.source_type) AS kind, coalesce(fact.id, booked.source_id) AS id,
               booked.bookings, fact.moved_minor AS fact_minor, booked.moved_minor AS booked_minor
        FROM fact FULL JOIN booked ON (booked.source_type, booked.source_id, booked.currency)
                                    = (fact.source_type, fact.id, fact.currency)
        WHERE fact.id IS NULL OR booked.source_id IS NULL OR booked.bookings <> 1
           OR booked.moved_minor <> fact.moved_minor
        """,
        now=now,
    )


async def shares_unlike_the_lines(db: Connection, *, now: datetime) -> Rows:
    """An instructor keeps exactly the frozen share of what is left of a line; no line gives back more than it got."""
    return await fetch_records(
        db,
        """
        WITH moved AS (
            SELECT order_line_id,
                   coalesce(-sum(amount_minor) FILTER (
                       WHERE account = 'instructor_payable' AND source_type = 'payment'), 0) AS credited_minor,
                   coalesce(sum(amount_minor) FILTER (
                       WHERE account IN ('provider_clearing', 'bank')), 0) AS left_minor,
                   coalesce(-sum(amount_minor) FILTER (WHERE account = 'instructor_payable'), 0)
                       AS instructor_left_minor,
                   coalesce(-sum(amount_minor) FILTER (WHERE account = 'platform_revenue'), 0) AS platform_left_minor
            FROM ledger_entries JOIN ledger_transactions AS booked ON booked.id = transaction_id
            WHERE order_line_id IS NOT NULL GROUP BY order_line_id
        ), line AS (
            SELECT order_lines.id, paid_minor, paid_minor * instructor_share_bp / 10000 AS share_minor,
                   (paid_minor - coalesce(left_minor, 0)::bigint) * instructor_share_bp / 10000 AS returned_share_minor,
                   coalesce(credited_minor, 0) AS credited_minor, coalesce(left_minor, 0) AS left_minor,
                   coalesce(instructor_left_minor, 0) AS instructor_left_minor,
                   coalesce(platform_left_minor, 0) AS platform_left_minor
            FROM order_lines JOIN orders ON orders.id = order_id AND orders.status = 'paid'
            LEFT JOIN moved ON moved.order_line_id = order_lines.id WHERE paid_minor > 0
        )
        SELECT id AS order_line_id, share_minor, credited_minor, left_minor, instructor_left_minor, platform_left_minor
        FROM line
        WHERE credited_minor <> share_minor OR left_minor NOT BETWEEN 0 AND paid_minor
           OR instructor_left_minor <> share_minor - returned_share_minor
           OR instructor_left_minor + platform_left_minor <> left_minor
        """,
        now=now,
    )


async def reversals_unlike_their_booking(db: Connection, *, now: datetime) -> Rows:
    """A reversal takes back exactly what it reverses, entry by entry."""
    return await fetch_records(
        db,
        """
        SELECT reversal.id AS transaction_id, reversal.reverses_id
        FROM ledger_transactions AS reversal WHERE reverses_id IS NOT NULL AND EXISTS (
            SELECT account, instructor_id, order_line_id, currency FROM ledger_entries
            WHERE transaction_id IN (reversal.id, reversal.reverses_id)
            GROUP BY account, instructor_id, order_line_id, currency HAVING sum(amount_minor) <> 0)
        """,
        now=now,
    )
