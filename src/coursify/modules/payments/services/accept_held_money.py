"""Accepts another amount than was asked as the price: the courses open, the shares follow what was received."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.database import Connection
from coursify.modules.ledger.services.reverse import reverse
from coursify.modules.payments.errors import AmountNotAcceptable, PaymentDisputed, PaymentNotRefundable
from coursify.modules.payments.models.orders import Order
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.queries import order_lines
from coursify.modules.payments.services.fulfil_order import fulfil_order


async def accept_held_money(db: Connection, *, payment: Payment, accepted_by: UUID, now: datetime) -> Order:
    """Book the money from suspense to the lines and fulfil; the caller holds the locks.

    Raises AmountNotAcceptable for money of another currency or without an order, PaymentNotRefundable when it is
    being returned already, PaymentDisputed when its bank asks for it.
    """
    if payment.is_disputed:
        raise PaymentDisputed
    if not payment.is_unallocated or payment.claimed_minor:
        raise PaymentNotRefundable("This money is not on hold any more.")
    lines = await order_lines.list_order_lines(db, payment.order_id)
    if not lines or payment.received_currency != payment.currency:
        raise AmountNotAcceptable
    await reverse(db, source_type="payment", source_id=payment.id, now=now)
    await audit.record(
        db,
        actor_id=accepted_by,
        action="order.accept",
        target_type="order",
        target_id=payment.order_id,
        details={"received": payment.amount_received_minor, "asked": payment.amount_minor},
    )
    return await fulfil_order(db, order_id=payment.order_id, now=now)
