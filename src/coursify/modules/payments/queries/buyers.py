"""The SQL of buyers: the person who pays, and who they are at the payment provider."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_one, fetch_value, find_value
from coursify.modules.payments.models.orders import Buyer

_BUYER = """
    SELECT person.id, person.email, person.name, customer.provider_customer_id
    FROM users AS person LEFT JOIN payment_customers AS customer ON customer.user_id = person.id
    WHERE person.id = %(user_id)s
"""


async def lock_buyer(db: Connection, user_id: UUID) -> Buyer:
    """The buyer's row, locked: one purchase of a person at a time decides what they owe."""
    return await fetch_one(db, Buyer, f"{_BUYER} FOR NO KEY UPDATE OF person", user_id=user_id)


async def get_buyer(db: Connection, user_id: UUID) -> Buyer:
    return await fetch_one(db, Buyer, _BUYER, user_id=user_id)


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


async def delete_lost_customer(db: Connection, *, user_id: UUID, provider_customer_id: str) -> int:
    """The provider does not know this customer any more; one that was made since then stays."""
    return await execute(
        db,
        """
        DELETE FROM payment_customers
        WHERE user_id = %(user_id)s AND provider_customer_id = %(provider_customer_id)s
        """,
        user_id=user_id,
        provider_customer_id=provider_customer_id,
    )


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
