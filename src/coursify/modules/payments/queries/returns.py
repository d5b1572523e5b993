"""The SQL of everything that went back of one payment."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all
from coursify.modules.payments.models.refunds import RefundPart, Return


async def list_returns(db: Connection, payment_id: UUID) -> list[Return]:
    """Refunds and disputes, whatever became of them, in the order in which they were made.

    That order is the same however late we hear of them: the provider counts in seconds, and of one second ours comes
    first.
    """
    return await fetch_all(
        db,
        Return,
        """
        SELECT source_type, source_id, status, amount_minor, currency, is_paid_otherwise, asked_lines, asked_amounts
        FROM (
            SELECT 'refund' AS source_type, refund.id AS source_id, refund.status, refund.amount_minor,
                   refund.currency, refund.settled_by IS NOT NULL AS is_paid_otherwise,
                   coalesce(asked.lines, '{}') AS asked_lines, coalesce(asked.amounts, '{}') AS asked_amounts,
                   refund.created_at AS made_at, refund.cause = 'provider' AS is_theirs,
                   coalesce(refund.provider_refund_id, refund.id::text) AS key
            FROM refunds AS refund CROSS JOIN LATERAL (
                SELECT array_agg(order_line_id ORDER BY order_line_id) AS lines,
                       array_agg(asked_minor ORDER BY order_line_id) AS amounts
                FROM refund_lines WHERE refund_id = refund.id AND asked_minor > 0
            ) AS asked
            WHERE refund.payment_id = %(payment_id)s
            UNION ALL
            SELECT 'dispute', id, status, amount_minor, currency, false, '{}', '{}', opened_at, true,
                   provider_dispute_id
            FROM disputes WHERE payment_id = %(payment_id)s
        ) AS returned
        ORDER BY date_trunc('second', made_at), is_theirs, made_at, key
        """,
        payment_id=payment_id,
    )


async def set_refund_parts(db: Connection, *, refund_id: UUID, parts: list[RefundPart]) -> int:
    """What a refund takes of each line of its order; 0 for a line that it does not touch."""
    return await execute(
        db,
        """
        INSERT INTO refund_lines (refund_id, order_line_id, amount_minor, asked_minor)
        SELECT %(refund_id)s, line, amount, 0
        FROM unnest(%(lines)s::uuid[], %(amounts)s::bigint[]) AS part (line, amount)
        WHERE amount > 0 OR EXISTS (
            SELECT FROM refund_lines WHERE refund_id = %(refund_id)s AND order_line_id = line)
        ON CONFLICT (refund_id, order_line_id) DO UPDATE SET amount_minor = EXCLUDED.amount_minor
        """,
        refund_id=refund_id,
        lines=[part.order_line_id for part in parts],
        amounts=[part.amount_minor for part in parts],
    )
