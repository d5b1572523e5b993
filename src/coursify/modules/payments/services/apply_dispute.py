"""Applies the provider's state of a dispute: access pauses, ends when it is lost, returns when it is won."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.attention.services.flag import flag
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.ledger.services.book_fee import book_fee
from coursify.modules.payments.gateway import DisputeFact
from coursify.modules.payments.models.refunds import Dispute
from coursify.modules.payments.queries import disputes, orders, payments
from coursify.modules.payments.services.apply_intent import Applied
from coursify.modules.payments.services.book_returns import book_returns
from coursify.modules.payments.services.derive_access import derive_access


async def apply_dispute(
    db: Connection, *, payment_id: UUID, fact: DisputeFact, fetch_number: int, now: datetime
) -> Applied:
    """Overwrite what we knew. A lost dispute is booked; one that is won after all is reversed."""
    await orders.lock_order_of_payment(db, payment_id)
    payment = await payments.lock_payment(db, payment_id)
    dispute = await disputes.upsert_dispute(
        db,
        payment_id=payment.id,
        provider_dispute_id=fact.id,
        status=fact.status,
        amount_minor=fact.amount.minor,
        currency=fact.amount.currency,
        opened_at=fact.opened_at,
        fetch_number=fetch_number,
        now=now,
    )
    if dispute is None:
        return "stale"
    await book_returns(db, payment=payment, now=now)
    await book_fee(db, source_type="dispute_fee", source_id=dispute.id, fee=fact.fee, now=now)
    await _notify(db, dispute, now)
    await derive_access(db, order_id=payment.order_id, now=now)
    return "applied"


async def _notify(db: Connection, dispute: Dispute, now: datetime) -> None:
    if dispute.status == "open":
        await flag(
            db,
            kind="dispute_open",
            object_type="dispute",
            object_id=dispute.id,
            why=f"The buyer's bank disputes {dispute.amount.format()}; answer it in the provider's dashboard.",
            unless_dismissed=True,
            now=now,
        )
        return
    await resolve(
        db,
        kind="dispute_open",
        object_type="dispute",
        object_id=dispute.id,
        resolution=f"the dispute was {dispute.status}",
        now=now,
    )
