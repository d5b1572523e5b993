"""A paid order opens its courses, credits its instructors and thanks its buyer, exactly once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import audit
from coursify.core.database import Connection
from coursify.core.money import Money
from coursify.modules.enrollments.services.grant_access import grant_access
from coursify.modules.ledger.services.book import book
from coursify.modules.payments import emails
from coursify.modules.payments.models import Order
from coursify.modules.payments.pricing import ledger_parts
from coursify.modules.payments.queries import orders, payments


async def fulfil_order(db: Connection, *, order_id: UUID, received: Money, now: datetime) -> Order:
    """Webhook, return page, reconciler and free orders all end here. Money of another amount waits for a person."""
    order = await orders.lock_order(db, order_id)
    if order.is_paid:
        return order
    if received != order.total:
        await _put_aside(db, order, received, now)
        return order
    paid = await orders.mark_order_paid(db, order.id, now=now)
    if paid is None:
        return order
    await orders.close_lines(db, order.id)
    payment = await payments.get_payment_of_order(db, order.id)
    lines = await orders.list_order_lines(db, order.id)
    for line in lines:
        await grant_access(
            db, user_id=order.user_id, course_id=line.course_id, source_type="order_line", source_id=line.id, now=now
        )
    amounts = {line.id: line.amount_minor for line in lines}
    parts = ledger_parts(lines, amounts, order.currency)
    await book(db, source_type="payment", source_id=payment.id, parts=parts, now=now)
    await emails.post_receipt(db, order=paid, now=now)
    await audit.record(db, actor_id=None, action="order.pay", target_type="order", target_id=order.id)
    return paid


async def _put_aside(db: Connection, order: Order, received: Money, now: datetime) -> None:
    why = f"received {received.minor} {received.currency}, asked {order.total.minor} {order.total.currency}"
    await orders.flag_for_review(db, order.id, why=why, now=now)
    await audit.record(
        db, actor_id=None, action="order.review", target_type="order", target_id=order.id, details={"why": why}
    )
