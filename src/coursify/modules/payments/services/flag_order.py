"""Flags an order that the provider refuses: a person looks at it, and the sweep skips it."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.modules.attention.services.flag import flag
from coursify.modules.payments.gateway import ProviderRefused
from coursify.modules.payments.queries import orders


async def flag_order(database: Database, *, order_id: UUID, refusal: ProviderRefused) -> None:
    """Write down the provider's reason, for people only. The same reason again is no news: what they did stays done."""
    async with database.transaction() as (db, now):
        order = await orders.lock_order(db, order_id)
        if order.needs_review == refusal.reason:
            return
        await orders.set_needs_review(db, order.id, why=refusal.reason, now=now)
        await flag(
            db,
            kind="order_refused",
            object_type="order",
            object_id=order.id,
            why=f"The provider refuses to speak about this order's payment: {refusal.reason}.",
            now=now,
        )
