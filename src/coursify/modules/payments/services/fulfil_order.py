"""A paid order opens its courses, credits its instructors and thanks its buyer, exactly once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from coursify.core import audit, jobs
from coursify.core.currencies import CURRENCIES
from coursify.core.database import Connection
from coursify.core.money import split_by_weight
from coursify.modules.enrollments.services.grant_access import grant_access
from coursify.modules.ledger.models import Part, entries_for_sale
from coursify.modules.ledger.services.book import book
from coursify.modules.payments import emails
from coursify.modules.payments.models.orders import Order, OrderLine
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.queries import order_lines, orders, payments
from coursify.modules.payments.services.return_duplicates import return_duplicates

CANCEL = "payments.cancel_order"


async def fulfil_order(db: Connection, *, order_id: UUID, now: datetime) -> Order:
    """Webhook, return page, reconciler, free orders and an admin's acceptance all end here.

    The caller holds the order's lock, and what was received is stored on the payment. A course that is open already
    (bought elsewhere, free, a gift) is not opened twice: its price is given back.
    """
    order = await orders.mark_order_paid(db, order_id, now=now)
    payment = await payments.get_payment_of_order(db, order.id)
    lines = await _store_paid_amounts(db, order, payment)
    duplicates = [line for line in lines if not await _open_course(db, order, line, now)]
    parts = [_part(line, order.currency) for line in lines]
    await book(
        db,
        source_type="payment",
        source_id=payment.id,
        entries=entries_for_sale(parts, available_at=now + timedelta(days=order.refund_days)),
        now=now,
    )
    await emails.send_receipt(db, order=order, now=now)
    await audit.record(db, actor_id=None, action="order.pay", target_type="order", target_id=order.id)
    await return_duplicates(db, payment=payment, lines=duplicates, now=now)
    await _end_other_orders(db, order, lines)
    return order


async def _store_paid_amounts(db: Connection, order: Order, payment: Payment) -> list[OrderLine]:
    """What was received, by line: each line's price, or its part of another amount that an admin accepted."""
    await order_lines.close_paid_lines(db, order.id)
    lines = await order_lines.list_order_lines(db, order.id)
    if payment.amount_received_minor == order.total_minor:
        return lines
    weights = [line.amount_minor for line in lines]
    step = CURRENCIES[order.currency].step_minor
    amounts = split_by_weight(payment.amount_received_minor, weights, step=step)
    await order_lines.set_paid_amounts(db, order_line_ids=[line.id for line in lines], amounts=amounts)
    return await order_lines.list_order_lines(db, order.id)


async def _open_course(db: Connection, order: Order, line: OrderLine, now: datetime) -> bool:
    """False when the buyer may learn the course already."""
    granted = await grant_access(
        db,
        user_id=order.user_id,
        course_id=line.course_id,
        source_type="order_line",
        source_id=line.id,
        unless_open=line.paid_minor > 0,
        now=now,
    )
    return granted is not None


def _part(line: OrderLine, currency: str) -> Part:
    return Part(line.id, line.instructor_id, line.instructor_share_bp, line.paid_minor, currency)


async def _end_other_orders(db: Connection, order: Order, lines: list[OrderLine]) -> None:
    """Another order of the same courses must not be paid any more."""
    others = await order_lines.list_open_orders_of_courses(
        db,
        user_id=order.user_id,
        course_ids=[line.course_id for line in lines],
    )
    for other_id in others:
        await jobs.defer(db, CANCEL, order_id=other_id)
