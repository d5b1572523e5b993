"""Who a buyer is at the provider, and whether money of theirs is still on its way."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, execute, fetch_value, find_value


async def find_customer_id(db: Connection, user_id: UUID) -> str | None:
    return await find_value(
        db, str, "SELECT provider_customer_id FROM payment_customers WHERE user_id = %(user_id)s", user_id=user_id
    )


async def delete_customer(db: Connection, user_id: UUID) -> int:
    return await execute(db, "DELETE FROM payment_customers WHERE user_id = %(user_id)s", user_id=user_id)


async def has_open_money(db: Connection, user_id: UUID) -> bool:
    """An order that can still be paid, or a refund that is not settled."""
    return await fetch_value(
        db,
        bool,
        """
        SELECT EXISTS (SELECT FROM orders WHERE user_id = %(user_id)s AND status = 'payable')
            OR EXISTS (SELECT FROM refunds JOIN payments ON payments.id = refunds.payment_id
                       WHERE payments.user_id = %(user_id)s AND refunds.status IN ('requested', 'pending'))
        """,
        user_id=user_id,
    )
