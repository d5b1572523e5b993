"""What the provider says of an intent becomes ours: by rank, never backwards, whoever brings it, however often."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.gateways import IntentFact
from coursify.modules.payments.models import CANCELED, OPEN, RANKS, RECEIVED, Payment
from coursify.modules.payments.queries import orders, payments
from coursify.modules.payments.services.derive_access import derive_access
from coursify.modules.payments.services.fulfil_order import fulfil_order


async def apply_intent(db: Connection, *, payment_id: UUID, fact: IntentFact, now: datetime) -> Payment:
    """Take over the fact and let follow from it what follows: fulfilment, or courses that are free to buy again."""
    known = await payments.get_payment(db, payment_id)
    await orders.lock_order(db, known.order_id)
    payment = await payments.lock_payment(db, payment_id)
    rank = RANKS.get(fact.status, OPEN)
    if rank < payment.intent_rank:
        return payment
    if rank == RECEIVED and fact.received != payment.amount:
        # Not a fact that our row can hold: no access, a person looks at it.
        await fulfil_order(db, order_id=payment.order_id, received=fact.received, now=now)
        return payment
    if fact.status != payment.intent_status:
        await payments.insert_status(db, payment_id, status=fact.status, rank=rank, now=now)
    await payments.apply_fact(db, payment_id, fact=fact, rank=rank, now=now)
    if rank == RECEIVED:
        await fulfil_order(db, order_id=payment.order_id, received=fact.received, now=now)
        await derive_access(db, order_id=payment.order_id, now=now)
    elif rank == CANCELED:
        await orders.close_order(db, payment.order_id, status="canceled", now=now)
        await orders.close_lines(db, payment.order_id)
    return await payments.get_payment(db, payment_id)
