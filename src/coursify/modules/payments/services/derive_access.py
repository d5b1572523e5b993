"""Derives access from payment, refunds and disputes. Nothing else opens or closes a bought course."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.enrollments.queries import grants
from coursify.modules.enrollments.services.set_access import set_access
from coursify.modules.payments.models.orders import OrderLine
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.queries import order_lines, payments
from coursify.modules.payments.services.return_duplicates import return_duplicates


async def derive_access(db: Connection, *, order_id: UUID, now: datetime) -> None:
    """Compute every line's grant anew; a line revokes only its own. The caller holds the order's lock.

    A course that opens again (its refund failed, its dispute was won) may have been bought again in between: this
    payment of it goes back.
    """
    payment = await payments.get_payment_of_order(db, order_id)
    opened: list[OrderLine] = []
    for line in await order_lines.list_order_lines(db, order_id):
        why = why_closed(payment, line)
        has_changed = await set_access(db, source_type="order_line", source_id=line.id, closed_because=why, now=now)
        if has_changed and why is None:
            opened.append(line)
    if opened:
        twice = await grants.list_sources_bought_twice(db, [line.id for line in opened])
        await return_duplicates(db, payment=payment, lines=[line for line in opened if line.id in twice], now=now)


def why_closed(payment: Payment, line: OrderLine) -> str | None:
    """The reason why a bought course is closed, or None: a part of its price back keeps it, the whole closes it."""
    if line.is_refunded_whole:
        return "refunded"
    if payment.has_lost_dispute:
        return "dispute_lost"
    return "dispute_open" if payment.has_open_dispute else None
