"""Closes an order that the provider refuses to charge: nothing of it can be paid."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.modules.attention.services.flag import flag
from coursify.modules.payments.gateway import ProviderRefused
from coursify.modules.payments.queries import order_lines, orders


async def close_refused_order(database: Database, *, order_id: UUID, refusal: ProviderRefused) -> None:
    """Close the order and free its courses; the work list says why the provider refused."""
    async with database.transaction() as (db, now):
        order = await orders.lock_order(db, order_id)
        await orders.close_order(db, order.id, status="canceled", now=now)
        await order_lines.close_lines(db, order.id)
        await flag(
            db,
            kind="order_refused",
            object_type="order",
            object_id=order.id,
            why=f"The provider refused to charge {order.total.format()}: {refusal.reason}.",
            now=now,
        )
