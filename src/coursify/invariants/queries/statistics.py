"""Statistics: what is stored equals the facts."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection, fetch_records
from coursify.invariants.models import Rows


async def revenue_unlike_the_ledger(db: Connection, *, now: datetime) -> Rows:
    """The stored revenue and fees of each past month equal the ledger, in each currency."""
    return await fetch_records(
        db,
        """
        WITH booked AS (
            SELECT date_trunc('month', booked_at, 'UTC') AS month, currency,
                   coalesce(-sum(amount_minor) FILTER (WHERE account <> 'provider_fees'), 0) AS net_minor,
                   coalesce(sum(amount_minor) FILTER (WHERE account = 'provider_fees'), 0) AS fees_minor
            FROM ledger_entries JOIN ledger_transactions ON ledger_transactions.id = transaction_id
            WHERE account = 'provider_fees' OR (
                order_line_id IS NOT NULL AND source_type IN ('payment', 'refund', 'dispute', 'adjustment')
                AND account IN ('platform_revenue', 'instructor_payable', 'tax_payable'))
            GROUP BY 1, 2
        ), stored AS (
            SELECT started_at AS month, currency, gross_minor - refunded_minor AS net_minor, fees_minor
            FROM revenue_rollups WHERE scope = 'platform' AND grain = 'month'
        )
        SELECT month, currency, booked.net_minor AS booked_minor, stored.net_minor AS stored_minor,
               booked.fees_minor AS booked_fees_minor, stored.fees_minor AS stored_fees_minor
        FROM booked FULL JOIN stored USING (month, currency)
        WHERE (coalesce(booked.net_minor, 0), coalesce(booked.fees_minor, 0))
            <> (coalesce(stored.net_minor, 0), coalesce(stored.fees_minor, 0))
          AND month + interval '1 month' < (SELECT refreshed_until FROM rollup_progress) AND month < %(now)s
        """,
        now=now,
    )
