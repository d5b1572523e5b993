"""Books money of another amount or currency than was asked as received, and holds it for an admin."""

from __future__ import annotations

from datetime import datetime

from coursify.core import audit
from coursify.core.database import Connection
from coursify.core.money import Money
from coursify.modules.attention.models import Kind
from coursify.modules.attention.services.flag import flag
from coursify.modules.ledger.models import entries_for_suspense
from coursify.modules.ledger.services.book import book
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.queries import orders


async def hold_received_money(
    db: Connection,
    *,
    payment: Payment,
    received: Money,
    kind: Kind = "wrong_amount",
    why: str | None = None,
    now: datetime,
) -> None:
    """Book to suspense and flag the payment; nothing opens until an admin accepts or returns the money."""
    why = why or f"Received {received.format()} where {payment.amount.format()} was asked."
    await book(
        db,
        source_type="payment",
        source_id=payment.id,
        entries=entries_for_suspense(received.minor, received.currency),
        now=now,
    )
    await orders.set_needs_review(db, payment.order_id, why=why, now=now)
    await audit.record(
        db,
        actor_id=None,
        action="order.review",
        target_type="order",
        target_id=payment.order_id,
        details={"why": why},
    )
    await flag(db, kind=kind, object_type="payment", object_id=payment.id, why=why, now=now)
