"""The SQL of orders and their lines."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import (
    Connection,
    execute,
    fetch_all,
    fetch_one,
    fetch_optional,
    fetch_values,
)
from coursify.modules.payments.models import Buyer, NewLine, Order, OrderLine, Receipt

_LINES = """
    SELECT l.id, l.order_id, l.course_id, l.title, l.instructor_id, l.instructor_share_bp, l.unit_amount_minor,
           l.discount_minor, l.amount_minor,
           coalesce(sum(p.amount_minor) FILTER (WHERE r.status = 'succeeded'), 0)::bigint AS refunded_minor,
           coalesce(sum(p.amount_minor) FILTER (WHERE r.status <> 'failed'), 0)::bigint AS claimed_minor
    FROM order_lines l LEFT JOIN refund_lines p ON p.order_line_id = l.id LEFT JOIN refunds r ON r.id = p.refund_id
"""
_ORDER = "id, user_id, status, currency, total_minor, needs_review, paid_at, created_at"


async def lock_buyer(db: Connection, user_id: UUID) -> Buyer:
    """The buyer's row, locked: one checkout of a person at a time decides what they owe."""
    return await fetch_one(
        db,
        Buyer,
        """
        SELECT u.id, u.email, u.name, c.provider_customer_id
        FROM users u LEFT JOIN payment_customers c ON c.user_id = u.id
        WHERE u.id = %(user_id)s FOR NO KEY UPDATE OF u
        """,
        user_id=user_id,
    )


async def get_buyer(db: Connection, user_id: UUID) -> Buyer:
    return await fetch_one(
        db,
        Buyer,
        """
        SELECT u.id, u.email, u.name, c.provider_customer_id
        FROM users u LEFT JOIN payment_customers c ON c.user_id = u.id WHERE u.id = %(user_id)s
        """,
        user_id=user_id,
    )


async def insert_customer(db: Connection, *, user_id: UUID, provider_customer_id: str, now: datetime) -> int:
    return await execute(
        db,
        """
        INSERT INTO payment_customers (user_id, provider_customer_id, created_at)
        VALUES (%(user_id)s, %(provider_customer_id)s, %(now)s) ON CONFLICT DO NOTHING
        """,
        user_id=user_id,
        provider_customer_id=provider_customer_id,
        now=now,
    )


async def list_open_orders(db: Connection, *, user_id: UUID, course_ids: list[UUID]) -> list[Order]:
    """This person's orders that can still be paid and hold one of these courses."""
    return await fetch_all(
        db,
        Order,
        f"""
        SELECT {_ORDER} FROM orders WHERE id IN (
            SELECT order_id FROM order_lines
            WHERE user_id = %(user_id)s AND course_id = ANY(%(course_ids)s) AND is_open
        ) ORDER BY id
        """,
        user_id=user_id,
        course_ids=course_ids,
    )


async def insert_order(db: Connection, *, user_id: UUID, currency: str, total_minor: int, now: datetime) -> Order:
    return await fetch_one(
        db,
        Order,
        f"""
        INSERT INTO orders (user_id, status, currency, list_price_minor, total_minor, created_at, updated_at)
        VALUES (%(user_id)s, 'payable', %(currency)s, %(total_minor)s, %(total_minor)s, %(now)s, %(now)s)
        RETURNING {_ORDER}
        """,
        user_id=user_id,
        currency=currency,
        total_minor=total_minor,
        now=now,
    )


async def insert_lines(db: Connection, *, order_id: UUID, user_id: UUID, lines: list[NewLine]) -> int:
    return await execute(
        db,
        """
        INSERT INTO order_lines (order_id, user_id, course_id, course_version, title, instructor_id,
                                 instructor_share_bp, unit_amount_minor, amount_minor, is_open)
        SELECT %(order_id)s, %(user_id)s, course_id, course_version, title, instructor_id, share_bp, amount, amount,
               true
        FROM unnest(%(course_ids)s::uuid[], %(versions)s::int[], %(titles)s::text[], %(instructors)s::uuid[],
                    %(shares)s::int[], %(amounts)s::bigint[])
            AS line (course_id, course_version, title, instructor_id, share_bp, amount)
        """,
        order_id=order_id,
        user_id=user_id,
        course_ids=[line.course_id for line in lines],
        versions=[line.course_version for line in lines],
        titles=[line.title for line in lines],
        instructors=[line.instructor_id for line in lines],
        shares=[line.instructor_share_bp for line in lines],
        amounts=[line.unit_amount_minor for line in lines],
    )


async def lock_order(db: Connection, order_id: UUID) -> Order:
    return await fetch_one(
        db, Order, f"SELECT {_ORDER} FROM orders WHERE id = %(order_id)s FOR NO KEY UPDATE", order_id=order_id
    )


async def list_order_lines(db: Connection, order_id: UUID) -> list[OrderLine]:
    """The order's lines by course, with what was given back (settled) and claimed (not failed) of each."""
    return await fetch_all(
        db,
        OrderLine,
        f"""
        {_LINES}
        WHERE l.order_id = %(order_id)s GROUP BY l.id ORDER BY l.course_id
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
        WHERE l.order_id = ANY(%(order_ids)s) GROUP BY l.id ORDER BY l.order_id, l.course_id
        """,
        order_ids=order_ids,
    )


async def mark_order_paid(db: Connection, order_id: UUID, *, now: datetime) -> Order | None:
    """Paid, from any other state: money that came late is honored as frozen. None when it was paid already."""
    return await fetch_optional(
        db,
        Order,
        f"""
        UPDATE orders SET status = 'paid', paid_at = %(now)s, closed_at = %(now)s, updated_at = %(now)s
        WHERE id = %(order_id)s AND status <> 'paid' RETURNING {_ORDER}
        """,
        order_id=order_id,
        now=now,
    )


async def close_order(db: Connection, order_id: UUID, *, status: str, now: datetime) -> int:
    """End an order that was not paid: `canceled` or `expired`."""
    return await execute(
        db,
        """
        UPDATE orders SET status = %(status)s, closed_at = %(now)s, updated_at = %(now)s
        WHERE id = %(order_id)s AND status = 'payable'
        """,
        order_id=order_id,
        status=status,
        now=now,
    )


async def close_lines(db: Connection, order_id: UUID) -> int:
    """Free the courses of an order for another one."""
    return await execute(
        db, "UPDATE order_lines SET is_open = false WHERE order_id = %(order_id)s AND is_open", order_id=order_id
    )


async def flag_for_review(db: Connection, order_id: UUID, *, why: str, now: datetime) -> int:
    return await execute(
        db,
        "UPDATE orders SET needs_review = %(why)s, updated_at = %(now)s WHERE id = %(order_id)s",
        order_id=order_id,
        why=why,
        now=now,
    )


async def list_orders_without_intent(db: Connection, *, before: datetime, limit: int) -> list[UUID]:
    """Orders that were stored before that moment and never reached the provider."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT o.id FROM orders o JOIN payments p ON p.order_id = o.id
        WHERE o.status = 'payable' AND p.provider_payment_id IS NULL AND o.created_at < %(before)s
        ORDER BY o.created_at LIMIT %(limit)s
        """,
        before=before,
        limit=limit,
    )


async def list_stale_orders(db: Connection, *, before: datetime, limit: int) -> list[UUID]:
    """Orders that nobody paid since that moment."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT id FROM orders WHERE status = 'payable' AND created_at < %(before)s ORDER BY created_at LIMIT %(limit)s
        """,
        before=before,
        limit=limit,
    )


async def find_unsettled_order(db: Connection, *, user_id: UUID, course_id: UUID) -> UUID | None:
    """The order that may have been paid without our knowing, for this person and course."""
    found = await fetch_values(
        db,
        UUID,
        """
        SELECT order_id FROM order_lines
        WHERE user_id = %(user_id)s AND course_id = %(course_id)s AND is_open
        """,
        user_id=user_id,
        course_id=course_id,
    )
    return found[0] if found else None


async def find_receipt(db: Connection, order_id: UUID) -> Receipt | None:
    return await fetch_optional(
        db,
        Receipt,
        """
        SELECT u.email, u.name, o.id AS order_id, o.currency, o.total_minor, o.paid_at,
               array_agg(l.title ORDER BY l.course_id) AS titles,
               array_agg(l.amount_minor ORDER BY l.course_id) AS amounts
        FROM orders o JOIN users u ON u.id = o.user_id JOIN order_lines l ON l.order_id = o.id
        WHERE o.id = %(order_id)s GROUP BY u.id, o.id
        """,
        order_id=order_id,
    )
