"""Closes the order and the work-list item of money on hold that was returned."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.close_order import close_order
from coursify.modules.payments.services.withdraw_proposals import ABOUT_HELD_MONEY, withdraw_proposals


async def end_held_money(db: Connection, *, payment_id: UUID, now: datetime) -> None:
    """Nothing happens while some of it is still here; the caller holds the locks."""
    payment = await payments.get_payment(db, payment_id)
    if not payment.is_unallocated or payment.refunded_minor < payment.amount_received_minor:
        return
    await close_order(db, order_id=payment.order_id, now=now)
    await resolve(
        db,
        kind="wrong_amount",
        object_type="payment",
        object_id=payment.id,
        resolution="the money was returned",
        now=now,
    )
    await withdraw_proposals(db, payment_id=payment.id, actions=ABOUT_HELD_MONEY, now=now)
