"""What payments has of a person, as exported."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, Records, fetch_records


async def list_orders(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT orders.id, orders.status, orders.currency, total_minor, paid_at, orders.created_at,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('course_id', course_id, 'title', title,
                                                             'amount_minor', amount_minor)), '[]')
                FROM order_lines WHERE order_id = orders.id) AS lines
        FROM orders WHERE user_id = %(user_id)s ORDER BY orders.id
        """,
        user_id=user_id,
    )


async def list_payments(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT id, order_id, intent_status, amount_minor, amount_received_minor, currency, received_at, created_at
        FROM payments WHERE user_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )


async def list_refunds(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT refunds.id, payment_id, refunds.status, refunds.amount_minor, refunds.currency, reason, settled_at
        FROM refunds JOIN payments ON payments.id = payment_id
        WHERE payments.user_id = %(user_id)s ORDER BY refunds.id
        """,
        user_id=user_id,
    )


async def list_payment_customer(db: Connection, user_id: UUID) -> Records:
    """Who the person is at the payment provider."""
    return await fetch_records(
        db, "SELECT provider_customer_id FROM payment_customers WHERE user_id = %(user_id)s", user_id=user_id
    )
