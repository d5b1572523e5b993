"""SQL of what one instructor sold: paid lines of orders, with what the ledger says about each.

The sums of a line are those that the revenue statistics add up (analytics/queries/revenue.py): `gross` is what was
booked for payments, `refunded` what was booked as given back, a fee is divided among the lines of its order.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_value
from coursify.core.pagination import TOTAL_CAP, Window
from coursify.modules.payments.models.sales import ListedSale

# A line has what was paid for it once its order is paid; the index order_lines_sold has these lines alone.
_SOLD: Final = "FROM order_lines AS line WHERE line.instructor_id = %(instructor_id)s AND line.paid_minor IS NOT NULL"
_COUNT: Final = f"(SELECT count(*) FROM (SELECT 1 {_SOLD} LIMIT {TOTAL_CAP + 1}) AS capped)"
_BOOKED: Final = """
    SELECT coalesce(sum(-entry.amount_minor) FILTER (WHERE booked.source_type = 'payment'), 0)::bigint AS gross_minor,
           coalesce(sum(entry.amount_minor) FILTER (WHERE booked.source_type <> 'payment'), 0)::bigint
               AS refunded_minor,
           coalesce(sum(-entry.amount_minor) FILTER (WHERE entry.account = 'instructor_payable'), 0)::bigint
               AS share_minor
    FROM ledger_entries AS entry JOIN ledger_transactions AS booked ON booked.id = entry.transaction_id
    WHERE entry.order_line_id = line.id AND booked.source_type IN ('payment', 'refund', 'dispute', 'adjustment')
      AND entry.account IN ('platform_revenue', 'instructor_payable', 'tax_payable')
"""
# Each fee is divided as it is in the statistics: rounded, so that the parts of the lines sum exactly to it.
_FEES: Final = """
    SELECT coalesce(sum(CASE
               WHEN part.total > 0
               THEN trunc(fee.amount_minor * part.until_here / part.total)
                    - trunc(fee.amount_minor * (part.until_here - part.amount_minor) / part.total)
               WHEN part.number > 1 THEN 0 ELSE fee.amount_minor END), 0)::bigint AS fee_minor
    FROM (
        SELECT 'payment_fee' AS source_type, payments.id AS source_id FROM payments
        WHERE payments.order_id = line.order_id
        UNION ALL
        SELECT 'dispute_fee', disputes.id FROM disputes JOIN payments ON payments.id = disputes.payment_id
        WHERE payments.order_id = line.order_id
    ) AS source
    JOIN ledger_transactions AS booked
        ON booked.source_type = source.source_type AND booked.source_id = source.source_id
    JOIN ledger_entries AS fee ON fee.transaction_id = booked.id AND fee.account = 'provider_fees'
    JOIN (
        SELECT id, amount_minor, row_number() OVER by_id AS number, sum(amount_minor) OVER () AS total,
               sum(amount_minor) OVER by_id AS until_here
        FROM order_lines WHERE order_lines.order_id = line.order_id WINDOW by_id AS (ORDER BY id)
    ) AS part ON part.id = line.id
"""


async def list_sales(db: Connection, instructor_id: UUID, *, window: Window) -> list[ListedSale]:
    """The newest orders first."""
    key = {} if window.after_id is None else {"before_id": window.after_id}
    sql = compose_sales(is_continued=window.after is not None)
    return await fetch_all(db, ListedSale, sql, instructor_id=instructor_id, **key, **window.bound())


async def count_sales(db: Connection, instructor_id: UUID) -> int:
    """How many there are, up to one more than the cap."""
    return await fetch_value(db, int, f"SELECT {_COUNT}", instructor_id=instructor_id)


def compose_sales(*, is_continued: bool) -> str:
    return f"""
        SELECT line.id, line.course_id, line.title, orders.currency,
               coalesce(orders.paid_at, orders.created_at) AS paid_at, line.unit_amount_minor AS list_minor,
               line.discount_minor, booked.gross_minor, booked.refunded_minor, fees.fee_minor, booked.share_minor,
               {_COUNT} AS total
        FROM (
            SELECT line.* {_SOLD} {"AND line.id < %(before_id)s::uuid" if is_continued else ""}
            ORDER BY line.id DESC LIMIT %(limit)s OFFSET %(offset)s
        ) AS line
        JOIN orders ON orders.id = line.order_id
        CROSS JOIN LATERAL ({_BOOKED}) AS booked CROSS JOIN LATERAL ({_FEES}) AS fees
        ORDER BY line.id DESC
    """
