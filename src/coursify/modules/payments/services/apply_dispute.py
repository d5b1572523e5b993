"""A buyer's bank asks for the money back: access waits, ends when it is lost, returns when it is won."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.gateways import DisputeFact
from coursify.core.money import split_by_weight
from coursify.modules.ledger import queries as ledger
from coursify.modules.ledger.services.book import book
from coursify.modules.payments.pricing import ledger_parts
from coursify.modules.payments.queries import orders, payments, refunds
from coursify.modules.payments.services.derive_access import derive_access


async def apply_dispute(db: Connection, *, payment_id: UUID, fact: DisputeFact, now: datetime) -> None:
    """Overwrite what we knew; a loss is booked against the lines, a later win reverses it."""
    known = await payments.get_payment(db, payment_id)
    await orders.lock_order(db, known.order_id)
    payment = await payments.lock_payment(db, payment_id)
    dispute = await refunds.upsert_dispute(
        db,
        payment_id=payment.id,
        provider_dispute_id=fact.id,
        status=fact.status,
        amount_minor=fact.amount.minor,
        opened_at=fact.opened_at,
        now=now,
    )
    lines = await orders.list_order_lines(db, payment.order_id)
    left = [line.amount_minor - line.refunded_minor for line in lines]
    shares = split_by_weight(min(dispute.amount_minor, sum(left)), left)
    amounts = {line.id: part for line, part in zip(lines, shares, strict=True)}
    parts = ledger_parts(lines, amounts, payment.currency)
    if fact.status == "lost":
        await book(db, source_type="dispute", source_id=dispute.id, parts=parts, now=now)
    elif await ledger.is_booked(db, source_type="dispute", source_id=dispute.id):
        await book(db, source_type="dispute_reversal", source_id=dispute.id, parts=parts, now=now)
    await derive_access(db, order_id=payment.order_id, now=now)
