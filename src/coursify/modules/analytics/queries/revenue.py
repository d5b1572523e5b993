"""SQL that computes revenue from the ledger, by order line, so that it equals the books in each currency.

`gross` is what was booked for payments, `refunded` what was booked as given back, both with their reversals at the time
of the reversal. Discounts are those of paid orders. A fee belongs to a payment: each line has a part of it, in
proportion to its amount at the time of the order, and the parts sum exactly to the fee.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_values
from coursify.modules.analytics.periods import Grain
from coursify.modules.analytics.queries.activity import OF_SOMETHING, SCOPE, SCOPE_ID

_SCOPES: Final = (
    "GROUPING SETS ((started_at, currency, course_id), (started_at, currency, instructor_id), (started_at, currency))"
)
_SALES: Final = """
    SELECT line.course_id, line.instructor_id, entry.currency, booked.booked_at AS at,
           CASE WHEN booked.source_type = 'payment' THEN -entry.amount_minor ELSE 0 END AS gross, 0 AS discount,
           CASE WHEN booked.source_type = 'payment' THEN 0 ELSE entry.amount_minor END AS refunded, 0 AS fees,
           CASE WHEN entry.account = 'instructor_payable' THEN -entry.amount_minor ELSE 0 END AS share
    FROM ledger_transactions AS booked JOIN ledger_entries AS entry ON entry.transaction_id = booked.id
    JOIN order_lines AS line ON line.id = entry.order_line_id
    WHERE booked.booked_at >= %(since)s AND booked.booked_at < %(until)s
      AND booked.source_type IN ('payment', 'refund', 'dispute', 'adjustment')
      AND entry.account IN ('platform_revenue', 'instructor_payable', 'tax_payable')
"""
_DISCOUNTS: Final = """
    SELECT line.course_id, line.instructor_id, orders.currency, orders.paid_at, 0, line.discount_minor, 0, 0, 0
    FROM orders JOIN order_lines AS line ON line.order_id = orders.id
    WHERE orders.paid_at >= %(since)s AND orders.paid_at < %(until)s AND line.discount_minor > 0
"""
_FEES: Final = """
    SELECT line.course_id, line.instructor_id, fee.currency, fee.booked_at, 0, 0, 0,
           CASE WHEN line.total > 0
                THEN (trunc(fee.amount_minor * line.until_here / line.total)
                      - trunc(fee.amount_minor * (line.until_here - line.amount_minor) / line.total))::bigint
                WHEN line.number > 1 THEN 0 ELSE fee.amount_minor END, 0
    FROM (
        SELECT booked.booked_at, entry.currency, entry.amount_minor, payments.order_id
        FROM ledger_transactions AS booked JOIN ledger_entries AS entry
            ON entry.transaction_id = booked.id AND entry.account = 'provider_fees'
        LEFT JOIN disputes ON disputes.id = booked.source_id AND booked.source_type = 'dispute_fee'
        LEFT JOIN payments ON payments.id
            = CASE WHEN booked.source_type = 'payment_fee' THEN booked.source_id ELSE disputes.payment_id END
        WHERE booked.booked_at >= %(since)s AND booked.booked_at < %(until)s
    ) AS fee
    LEFT JOIN LATERAL (
        SELECT course_id, instructor_id, amount_minor, row_number() OVER by_id AS number,
               sum(amount_minor) OVER () AS total, sum(amount_minor) OVER by_id AS until_here
        FROM order_lines WHERE order_lines.order_id = fee.order_id WINDOW by_id AS (ORDER BY id)
    ) AS line ON true
"""


async def upsert_revenue(
    db: Connection, *, grain: Grain, width: timedelta, since: datetime, until: datetime
) -> list[UUID]:
    """The money of the periods of one grain that begin from `since` on and before `until`; see activity.py."""
    return await fetch_values(
        db,
        UUID,
        f"""
        INSERT INTO revenue_rollups AS kept
            (scope, scope_id, grain, started_at, currency, gross_minor, discount_minor, refunded_minor, fees_minor,
             instructor_share_minor)
        SELECT {SCOPE}, {SCOPE_ID}, %(grain)s, started_at, currency, sum(gross)::bigint, sum(discount)::bigint,
               sum(refunded)::bigint, sum(fees)::bigint, sum(share)::bigint
        FROM (
            SELECT course_id, instructor_id, currency, gross, discount, refunded, fees, share,
                   date_bin(%(width)s::interval, at, '2000-01-01T00:00:00Z') AS started_at
            FROM ({_SALES} UNION ALL {_DISCOUNTS} UNION ALL {_FEES}) AS facts
        ) AS facts
        GROUP BY {_SCOPES} HAVING {OF_SOMETHING}
        ON CONFLICT (scope_id, grain, started_at, currency) DO UPDATE SET
            gross_minor = EXCLUDED.gross_minor, discount_minor = EXCLUDED.discount_minor,
            refunded_minor = EXCLUDED.refunded_minor, fees_minor = EXCLUDED.fees_minor,
            instructor_share_minor = EXCLUDED.instructor_share_minor
        WHERE (kept.gross_minor, kept.discount_minor, kept.refunded_minor, kept.fees_minor,
               kept.instructor_share_minor)
            <> (EXCLUDED.gross_minor, EXCLUDED.discount_minor, EXCLUDED.refunded_minor, EXCLUDED.fees_minor,
                EXCLUDED.instructor_share_minor)
        RETURNING scope_id
        """,
        grain=grain,
        width=width,
        since=since,
        until=until,
    )


async def upsert_revenue_months(db: Connection, scope_ids: list[UUID], *, since: datetime, until: datetime) -> int:
    """The months of these scopes, each the sum of its stored days."""
    return await execute(
        db,
        """
        INSERT INTO revenue_rollups AS kept
            (scope, scope_id, grain, started_at, currency, gross_minor, discount_minor, refunded_minor, fees_minor,
             instructor_share_minor)
        SELECT scope, scope_id, 'month', date_trunc('month', started_at, 'UTC'), currency, sum(gross_minor)::bigint,
               sum(discount_minor)::bigint, sum(refunded_minor)::bigint, sum(fees_minor)::bigint,
               sum(instructor_share_minor)::bigint
        FROM revenue_rollups
        WHERE scope_id = ANY(%(scope_ids)s) AND grain = 'day' AND started_at >= %(since)s AND started_at < %(until)s
        GROUP BY scope, scope_id, date_trunc('month', started_at, 'UTC'), currency
        ON CONFLICT (scope_id, grain, started_at, currency) DO UPDATE SET
            gross_minor = EXCLUDED.gross_minor, discount_minor = EXCLUDED.discount_minor,
            refunded_minor = EXCLUDED.refunded_minor, fees_minor = EXCLUDED.fees_minor,
            instructor_share_minor = EXCLUDED.instructor_share_minor
        WHERE (kept.gross_minor, kept.discount_minor, kept.refunded_minor, kept.fees_minor,
               kept.instructor_share_minor)
            <> (EXCLUDED.gross_minor, EXCLUDED.discount_minor, EXCLUDED.refunded_minor, EXCLUDED.fees_minor,
                EXCLUDED.instructor_share_minor)
        """,
        scope_ids=scope_ids,
        since=since,
        until=until,
    )


async def delete_revenue(db: Connection, *, since: datetime, until: datetime) -> list[UUID]:
    """Every quarter-hour, hour and day of the range."""
    return await fetch_values(
        db,
        UUID,
        """
        DELETE FROM revenue_rollups
        WHERE grain IN ('quarter', 'hour', 'day') AND started_at >= %(since)s AND started_at < %(until)s
        RETURNING scope_id
        """,
        since=since,
        until=until,
    )
