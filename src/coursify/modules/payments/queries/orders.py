"""The SQL of orders."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional, fetch_values
from coursify.modules.payments.models.orders import NewOrder, Order, OrderStatus, Receipt
from coursify.modules.payments.quotes import QuoteLine

_ORDER = "id, user_id, status, currency, total_minor, refund_days, needs_review, paid_at, created_at"


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


async def insert_order(
    db: Connection,
    *,
    user_id: UUID,
    status: OrderStatus,
    currency: str,
    lines: list[QuoteLine],
    list_price_minor: int,
    discount_minor: int,
    tax_minor: int,
    instructor_share_bp: int,
    refund_days: int,
    expires_at: datetime,
    claimed_until: datetime | None,
    now: datetime,
) -> NewOrder:
    """An order with its lines, frozen as quoted, and its payment. `claimed_until`: its intent is asked for next."""
    ordered = sorted(lines, key=lambda line: line.course_id)
    return await fetch_one(
        db,
        NewOrder,
        f"""
        WITH placed AS (
            INSERT INTO orders (user_id, status, currency, list_price_minor, discount_minor, tax_minor, total_minor,
                                refund_days, expires_at, created_at, updated_at)
            VALUES (%(user_id)s, %(status)s, %(currency)s, %(list_price_minor)s, %(discount_minor)s, %(tax_minor)s,
                    %(list_price_minor)s::bigint - %(discount_minor)s::bigint + %(tax_minor)s::bigint, %(refund_days)s,
                    %(expires_at)s, %(now)s, %(now)s)
            RETURNING {_ORDER}
        ), asked AS (
            INSERT INTO payments (order_id, user_id, amount_minor, currency, claimed_until, attempted_at,
                                  created_at, updated_at)
            SELECT id, user_id, total_minor, currency, %(claimed_until)s,
                   CASE WHEN %(claimed_until)s::timestamptz IS NOT NULL THEN %(now)s::timestamptz END, %(now)s, %(now)s
            FROM placed RETURNING id
        ), frozen AS (
            INSERT INTO order_lines (order_id, user_id, course_id, course_version, title, instructor_id,
                                     instructor_share_bp, unit_amount_minor, discount_minor, tax_minor, amount_minor,
                                     price_rule, price_reason, is_open)
            SELECT placed.id, user_id, course_id, course_version, title, instructor_id, %(share_bp)s, list_price,
                   discount, tax, list_price - discount + tax, rule, reason, true
            FROM placed CROSS JOIN unnest(
                %(course_ids)s::uuid[], %(versions)s::int[], %(titles)s::text[], %(instructors)s::uuid[],
                %(prices)s::bigint[], %(discounts)s::bigint[], %(taxes)s::bigint[], %(rules)s::text[],
                %(reasons)s::text[]
            ) AS quoted (course_id, course_version, title, instructor_id, list_price, discount, tax, rule, reason)
        )
        SELECT placed.*, asked.id AS payment_id, nextval('provider_fetch_number') AS fetch_number
        FROM placed CROSS JOIN asked
        """,
        user_id=user_id,
        status=status,
        currency=currency,
        list_price_minor=list_price_minor,
        discount_minor=discount_minor,
        tax_minor=tax_minor,
        refund_days=refund_days,
        expires_at=expires_at,
        claimed_until=claimed_until,
        now=now,
        share_bp=instructor_share_bp,
        course_ids=[line.course_id for line in ordered],
        versions=[line.course_version for line in ordered],
        titles=[line.title for line in ordered],
        instructors=[line.instructor_id for line in ordered],
        prices=[line.list_minor for line in ordered],
        discounts=[line.discount_minor for line in ordered],
        taxes=[line.tax_minor for line in ordered],
        rules=[line.rule for line in ordered],
        reasons=[line.reason for line in ordered],
    )


async def lock_order(db: Connection, order_id: UUID) -> Order:
    return await fetch_one(
        db, Order, f"SELECT {_ORDER} FROM orders WHERE id = %(order_id)s FOR NO KEY UPDATE", order_id=order_id
    )


async def lock_order_of_payment(db: Connection, payment_id: UUID) -> Order:
    """A payment's order, locked: always before the payment itself."""
    return await fetch_one(
        db,
        Order,
        f"""
        SELECT {_ORDER} FROM orders WHERE id = (SELECT order_id FROM payments WHERE id = %(payment_id)s)
        FOR NO KEY UPDATE
        """,
        payment_id=payment_id,
    )


async def mark_order_paid(db: Connection, order_id: UUID, *, now: datetime) -> Order:
    """Paid, from any other state: money that came late is honored as frozen. A paid order is no such row."""
    return await fetch_one(
        db,
        Order,
        f"""
        UPDATE orders SET status = 'paid', paid_at = %(now)s, closed_at = %(now)s, updated_at = %(now)s,
                          needs_review = NULL
        WHERE id = %(order_id)s AND status <> 'paid' RETURNING {_ORDER}
        """,
        order_id=order_id,
        now=now,
    )


async def close_order(db: Connection, order_id: UUID, *, status: OrderStatus, now: datetime) -> int:
    """End an order that was not paid: `canceled` or `expired`."""
    return await execute(
        db,
        """
        UPDATE orders SET status = %(status)s, closed_at = %(now)s, updated_at = %(now)s, needs_review = NULL
        WHERE id = %(order_id)s AND status = 'payable'
        """,
        order_id=order_id,
        status=status,
        now=now,
    )


async def extend_order(db: Connection, order_id: UUID, *, until: datetime) -> int:
    """Leave the buyer time to pay another way."""
    return await execute(
        db,
        """
        UPDATE orders SET expires_at = greatest(expires_at, %(until)s)
        WHERE id = %(order_id)s AND status = 'payable'
        """,
        order_id=order_id,
        until=until,
    )


async def set_needs_review(db: Connection, order_id: UUID, *, why: str | None, now: datetime) -> int:
    """A person has to look at this order; the sweep leaves it alone until then. None clears it."""
    return await execute(
        db,
        "UPDATE orders SET needs_review = %(why)s, updated_at = %(now)s WHERE id = %(order_id)s",
        order_id=order_id,
        why=why,
        now=now,
    )


async def list_orders_without_intent(db: Connection, *, before: datetime, after_id: UUID, limit: int) -> list[UUID]:
    """Payable orders of before that moment that the provider does not know, by id."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT purchase.id FROM orders AS purchase JOIN payments ON payments.order_id = purchase.id
        WHERE purchase.status = 'payable' AND purchase.needs_review IS NULL AND purchase.created_at < %(before)s
          AND payments.provider_payment_id IS NULL AND purchase.id > %(after_id)s
        ORDER BY purchase.id LIMIT %(limit)s
        """,
        before=before,
        after_id=after_id,
        limit=limit,
    )


async def list_expired_orders(db: Connection, *, now: datetime, after_id: UUID, limit: int) -> list[UUID]:
    """Payable orders whose time is over, by id; money that a bank is still moving is waited for."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT purchase.id FROM orders AS purchase JOIN payments ON payments.order_id = purchase.id
        WHERE purchase.status = 'payable' AND purchase.needs_review IS NULL AND purchase.expires_at <= %(now)s
          AND payments.intent_status <> 'processing' AND purchase.id > %(after_id)s
        ORDER BY purchase.id LIMIT %(limit)s
        """,
        now=now,
        after_id=after_id,
        limit=limit,
    )


async def list_orders_of_unsold_courses(db: Connection, *, after_id: UUID, limit: int) -> list[UUID]:
    """Payable orders that hold a course which is not on sale any more, by id."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT DISTINCT purchase.id
        FROM orders AS purchase JOIN payments ON payments.order_id = purchase.id
        JOIN order_lines AS line ON line.order_id = purchase.id JOIN courses AS course ON course.id = line.course_id
        WHERE purchase.status = 'payable' AND purchase.needs_review IS NULL AND purchase.id > %(after_id)s
          AND payments.intent_status <> 'processing'
          AND (course.deleted_at IS NOT NULL OR course.sale_suspended_at IS NOT NULL OR course.status <> 'published')
        ORDER BY purchase.id LIMIT %(limit)s
        """,
        after_id=after_id,
        limit=limit,
    )


async def list_closed_orders_with_open_intent(db: Connection, *, after_id: UUID, limit: int) -> list[UUID]:
    """Orders that ended while their intent may still be paid, by id: the intent has to end too."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT purchase.id FROM orders AS purchase JOIN payments ON payments.order_id = purchase.id
        WHERE payments.intent_rank = 0 AND payments.provider_payment_id IS NOT NULL
          AND purchase.status IN ('canceled', 'expired') AND purchase.needs_review IS NULL
          AND payments.intent_status <> 'processing' AND purchase.id > %(after_id)s
        ORDER BY purchase.id LIMIT %(limit)s
        """,
        after_id=after_id,
        limit=limit,
    )


async def find_receipt(db: Connection, order_id: UUID) -> Receipt | None:
    return await fetch_optional(
        db,
        Receipt,
        """
        SELECT person.email, person.name, purchase.id AS order_id, purchase.currency, purchase.paid_at,
               coalesce(sum(coalesce(line.paid_minor, line.amount_minor)), purchase.total_minor)::bigint AS total_minor,
               coalesce(array_agg(line.title ORDER BY line.course_id) FILTER (WHERE line.id IS NOT NULL), '{}')
                   AS titles,
               coalesce(array_agg(coalesce(line.paid_minor, line.amount_minor) ORDER BY line.course_id)
                        FILTER (WHERE line.id IS NOT NULL), '{}')
                   AS amounts
        FROM orders AS purchase JOIN users AS person ON person.id = purchase.user_id
        LEFT JOIN order_lines AS line ON line.order_id = purchase.id
        WHERE purchase.id = %(order_id)s GROUP BY person.id, purchase.id
        """,
        order_id=order_id,
    )
