"""Closes an order without asking the provider: it does not know the payment, or the money goes back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.payments.queries import order_lines, orders


async def close_order(db: Connection, *, order_id: UUID, now: datetime) -> None:
    """Its courses can be bought again. Money that comes all the same is honored as frozen.

    The reason for its review stays, so that the sweep leaves it alone: the provider is not asked about it again.
    """
    order = await orders.lock_order(db, order_id)
    await orders.close_order(db, order_id, status="canceled", now=now)
    await orders.set_needs_review(db, order_id, why=order.needs_review, now=now)
    await order_lines.close_lines(db, order_id)
