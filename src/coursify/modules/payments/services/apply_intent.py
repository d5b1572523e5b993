"""Applies the provider's state of an intent to our payment: by rank, never backwards, any number of times."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.ledger.services.book_fee import book_fee
from coursify.modules.payments import emails
from coursify.modules.payments.gateway import IntentFact
from coursify.modules.payments.models.orders import ORDER_LIFETIME, OrderStatus
from coursify.modules.payments.models.payments import CANCELED, OPEN, RANKS, RECEIVED, Payment
from coursify.modules.payments.queries import order_lines, orders, payments
from coursify.modules.payments.services.fulfil_order import fulfil_order
from coursify.modules.payments.services.hold_received_money import hold_received_money

# `stale`: something newer is known already.
Applied = Literal["applied", "unchanged", "stale"]


async def apply_intent(
    db: Connection,
    *,
    payment_id: UUID,
    fact: IntentFact,
    fetch_number: int,
    closed_as: OrderStatus = "canceled",
    now: datetime,
) -> Applied:
    """Take over the fact and what follows from it: fulfilment, money on hold, or courses that may be bought again.

    `fetch_number` was taken before the provider was asked. `closed_as` is what a canceled intent makes of its order.
    """
    await orders.lock_order_of_payment(db, payment_id)
    payment = await payments.lock_payment(db, payment_id)
    return await apply_to_locked(db, payment, fact=fact, fetch_number=fetch_number, closed_as=closed_as, now=now)


async def apply_to_locked(
    db: Connection,
    payment: Payment,
    *,
    fact: IntentFact,
    fetch_number: int,
    closed_as: OrderStatus = "canceled",
    now: datetime,
) -> Applied:
    """The same, for a caller that has locked the order and then the payment."""
    rank = RANKS.get(fact.status, OPEN)
    if rank < payment.intent_rank or (rank == OPEN and fetch_number < (payment.fetch_number or 0)):
        return "stale"
    is_first = rank == RECEIVED and payment.intent_rank != RECEIVED
    attempt = 0
    if fact.status != payment.intent_status:
        attempt = await payments.insert_status(db, payment.id, status=fact.status, rank=rank, now=now)
    await payments.apply_fact(db, payment.id, fact=fact, rank=rank, fetch_number=fetch_number, now=now)
    has_fee = await book_fee(db, source_type="payment_fee", source_id=payment.id, fee=fact.fee, now=now)
    if is_first:
        await _receive(db, payment, fact, now)
    elif rank == CANCELED and payment.intent_rank != CANCELED:
        await orders.close_order(db, payment.order_id, status=closed_as, now=now)
        await order_lines.close_lines(db, payment.order_id)
    elif rank == OPEN and attempt:
        await _tell_buyer(db, payment, fact, attempt, now)
    return "applied" if attempt or has_fee else "unchanged"


async def _receive(db: Connection, payment: Payment, fact: IntentFact, now: datetime) -> None:
    """Exactly what was asked opens the courses; any other amount waits for a person."""
    if fact.received == payment.amount:
        await fulfil_order(db, order_id=payment.order_id, now=now)
    else:
        await hold_received_money(db, payment=payment, received=fact.received, now=now)


async def _tell_buyer(db: Connection, payment: Payment, fact: IntentFact, attempt: int, now: datetime) -> None:
    """A bank that takes days is a reason to write; a card that is declined at once is not."""
    if fact.status == "processing":
        await emails.send_payment_waiting(db, payment=payment, attempt=attempt, now=now)
    elif payment.is_processing and fact.error_code:
        await orders.extend_order(db, payment.order_id, until=now + ORDER_LIFETIME)
        await emails.send_payment_failed(db, payment=payment, attempt=attempt, now=now)
