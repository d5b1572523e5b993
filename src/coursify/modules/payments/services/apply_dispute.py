"""A buyer's bank asks for the money back: access waits, ends when it is lost, returns when it is won."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.gateways import DisputeFact
from coursify.modules.attention.services.flag import flag
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.ledger import queries as ledger
from coursify.modules.ledger.models import entries_for_return, entries_for_suspense
from coursify.modules.ledger.services.book import book
from coursify.modules.ledger.services.book_fee import book_fee
from coursify.modules.ledger.services.reverse import reverse
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.models.refunds import Dispute
from coursify.modules.payments.pricing import allocate_return, ledger_parts
from coursify.modules.payments.queries import disputes, order_lines, orders, payments
from coursify.modules.payments.services.apply_intent import Applied
from coursify.modules.payments.services.derive_access import derive_access


async def apply_dispute(
    db: Connection, *, payment_id: UUID, fact: DisputeFact, fetch_number: int, now: datetime
) -> Applied:
    """Overwrite what we knew. A loss is booked while it stands, and reversed exactly as booked when it does not."""
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
    if dispute.status == "lost":
        await _book_loss(db, payment, dispute, now)
    else:
        await reverse(db, source_type="dispute", source_id=dispute.id, now=now)
    await book_fee(db, source_type="dispute_fee", source_id=dispute.id, fee=fact.fee, now=now)
    await _notify(db, payment, dispute, now)
    await derive_access(db, order_id=payment.order_id, now=now)
    return "applied"


async def _book_loss(db: Connection, payment: Payment, dispute: Dispute, now: datetime) -> None:
    """Against the lines that hold the money; what fits none goes to suspense, and before a person."""
    standing = await ledger.find_standing_transaction(db, source_type="dispute", source_id=dispute.id)
    if standing:
        booked = await ledger.list_entries(db, standing)
        taken = -sum(entry.amount_minor for entry in booked if entry.account == "provider_clearing")
        if taken == dispute.amount_minor and all(entry.currency == dispute.currency for entry in booked):
            return
        await reverse(db, source_type="dispute", source_id=dispute.id, now=now)
    lines = await order_lines.list_order_lines(db, payment.order_id)
    fits = payment.order_status == "paid" and dispute.currency == payment.currency
    parts = allocate_return(lines, dispute.amount_minor, payment.currency) if fits else []
    balances = await ledger.list_line_balances(db, [line.id for line in lines])
    rest = dispute.amount_minor - sum(part.amount_minor for part in parts)
    entries = [
        *entries_for_return(ledger_parts(lines, parts, payment.currency, balances), now=now),
        *entries_for_suspense(-rest, dispute.currency),
    ]
    await book(db, source_type="dispute", source_id=dispute.id, entries=entries, now=now)
    if rest:
        await flag(
            db,
            kind="dispute_mismatch",
            object_type="dispute",
            object_id=dispute.id,
            why=f"A lost dispute took {dispute.amount.format()}; {rest} of it (minor units) fits no order line.",
            now=now,
        )


async def _notify(db: Connection, payment: Payment, dispute: Dispute, now: datetime) -> None:
    if dispute.status == "open":
        await flag(
            db,
            kind="dispute_open",
            object_type="dispute",
            object_id=dispute.id,
            why=f"The buyer's bank disputes {dispute.amount.format()}; answer it in the provider's dashboard.",
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
