"""Gives money from a second intent of one order an order of its own, without courses, and returns it."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection
from coursify.modules.payments import emails
from coursify.modules.payments.gateway import IntentFact
from coursify.modules.payments.models.payments import RECEIVED, Payment
from coursify.modules.payments.queries import intents, orders, payments
from coursify.modules.payments.services.hold_received_money import hold_received_money
from coursify.modules.payments.services.return_held_money import return_held_money


async def adopt_stray_intent(db: Connection, *, owner: Payment, fact: IntentFact, now: datetime) -> None:
    """Store and book the money, request its return, and notify the buyer and the admins. Twice is once."""
    await orders.lock_order(db, owner.order_id)
    if await payments.find_payment_by_provider_id(db, fact.id):
        return
    order = await orders.insert_order(
        db,
        user_id=owner.user_id,
        status="canceled",
        currency=fact.received.currency,
        lines=[],
        list_price_minor=fact.received.minor,
        discount_minor=0,
        tax_minor=0,
        instructor_share_bp=0,
        refund_days=0,
        expires_at=now,
        claimed_until=None,
        now=now,
    )
    payment_id = order.payment_id
    await intents.set_intent(db, payment_id, provider_payment_id=fact.id, client_secret=None, now=now)
    await payments.insert_status(db, payment_id, status=fact.status, rank=RECEIVED, now=now)
    await payments.apply_fact(db, payment_id, fact=fact, rank=RECEIVED, fetch_number=0, now=now)
    payment = await payments.lock_payment(db, payment_id)
    await hold_received_money(
        db,
        payment=payment,
        received=fact.received,
        kind="paid_twice",
        why=f"A second payment for one order came; {fact.received.format()} is being returned.",
        now=now,
    )
    refund = await return_held_money(db, payment=payment, returned_by=None, now=now)
    await emails.send_duplicate_payment(db, refund=refund, user_id=payment.user_id, now=now)
