"""The SQL of an order's lines."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_values
from coursify.modules.payments.models.orders import OrderLine

_LINES = """
    SELECT line.id, line.order_id, line.course_id, course.slug, line.title, course.image_path, line.instructor_id,
           line.instructor_share_bp, line.unit_amount_minor, line.discount_minor, line.amount_minor,
           coalesce(line.paid_minor, line.amount_minor) AS paid_minor,
           coalesce(sum(part.amount_minor) FILTER (WHERE refund.status = 'succeeded'), 0)::bigint AS refunded_minor,
           coalesce(sum(part.amount_minor) FILTER (WHERE refund.status = 'pending'), 0)::bigint AS pending_minor,
           coalesce(sum(part.amount_minor) FILTER (WHERE refund.status = 'requested'), 0)::bigint AS requested_minor,
           (SELECT coalesce(-sum(entry.amount_minor), 0)
            FROM ledger_entries AS entry JOIN ledger_transactions AS booked ON booked.id = entry.transaction_id
            WHERE entry.order_line_id = line.id AND entry.account = 'provider_clearing'
              AND booked.source_type = 'dispute')::bigint AS disputed_minor
    FROM order_lines AS line JOIN courses AS course ON course.id = line.course_id
    LEFT JOIN refund_lines AS part ON part.order_line_id = line.id LEFT JOIN refunds AS refund ON refund.id = refund_id
"""


async def list_order_lines(db: Connection, order_id: UUID) -> list[OrderLine]:
    """The order's lines by course id, with what was given back, is on its way, is asked for and was lost of each."""
    return await fetch_all(
        db,
        OrderLine,
        f"""
        {_LINES}
        WHERE line.order_id = %(order_id)s GROUP BY line.id, course.id ORDER BY line.course_id
        """,
        order_id=order_id,
    )


async def list_lines_of_orders(db: Connection, order_ids: list[UUID]) -> list[OrderLine]:
    """The lines of several orders at once, for lists of payments."""
    return await fetch_all(
        db,
        OrderLine,
        f"""
        {_LINES}
        WHERE line.order_id = ANY(%(order_ids)s) GROUP BY line.id, course.id ORDER BY line.order_id, line.course_id
        """,
        order_ids=order_ids,
    )


async def close_paid_lines(db: Connection, order_id: UUID) -> int:
    """Each line was paid its price; its course is free for another order."""
    return await execute(
        db,
        "UPDATE order_lines SET is_open = false, paid_minor = amount_minor WHERE order_id = %(order_id)s",
        order_id=order_id,
    )


async def set_paid_amounts(db: Connection, *, order_line_ids: list[UUID], amounts: list[int]) -> int:
    """What was received for each line."""
    return await execute(
        db,
        """
        UPDATE order_lines SET paid_minor = amount
        FROM unnest(%(order_line_ids)s::uuid[], %(amounts)s::bigint[]) AS paid (order_line_id, amount)
        WHERE order_lines.id = order_line_id
        """,
        order_line_ids=order_line_ids,
        amounts=amounts,
    )


async def close_lines(db: Connection, order_id: UUID) -> int:
    """Free the courses of an order for another one."""
    return await execute(
        db, "UPDATE order_lines SET is_open = false WHERE order_id = %(order_id)s AND is_open", order_id=order_id
    )


async def list_open_orders_of_courses(db: Connection, *, user_id: UUID, course_ids: list[UUID]) -> list[UUID]:
    """A person's orders that can still be paid and hold one of these courses."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT DISTINCT order_id FROM order_lines
        WHERE user_id = %(user_id)s AND course_id = ANY(%(course_ids)s) AND is_open ORDER BY order_id
        """,
        user_id=user_id,
        course_ids=course_ids,
    )
