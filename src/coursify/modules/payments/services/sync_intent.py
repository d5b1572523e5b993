"""An intent changed: it is fetched, and what it says is applied to the payment that it belongs to."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from uuid import UUID

from coursify.core.database import Database
from coursify.core.gateways import IntentFact, PaymentGateway
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.adopt_stray_intent import adopt_stray_intent
from coursify.modules.payments.services.apply_intent import Applied, apply_intent
from coursify.modules.payments.services.take_over_refunds import take_over_refunds

# `foreign`: another product's object on the same account. `unknown`: perhaps ours, and not recorded yet.
Synced = Literal[Applied, "foreign", "unknown"]

# The provider forgets an idempotency key after 24 h; before that, what it may have made is looked up.
KEY_TRUSTED = timedelta(hours=20)


async def sync_intent(database: Database, gateway: PaymentGateway, intent_id: str) -> Synced:
    """What became of the fact. An intent of one of our orders beside the recorded one is ended or given back."""
    async with database.read() as db:
        number = await payments.next_fetch_number(db)
    fact = await gateway.fetch_intent(intent_id)
    async with database.transaction() as (db, now):
        payment = await payments.find_payment_by_provider_id(db, fact.id)
        if payment:
            applied = await apply_intent(db, payment_id=payment.id, fact=fact, fetch_number=number, now=now)
            payment = await payments.get_payment(db, payment.id)
        else:
            owner = await payments.find_payment_of_order(db, order_id) if (order_id := _order_id(fact)) else None
    if payment:
        return await _check_refunds(database, gateway, payment, fact, applied)
    if owner is None:
        return "foreign"
    if owner.provider_payment_id is None and owner.order_status == "payable":
        # The checkout that made it is about to record it, or the sweep is.
        return "unknown"
    return await _end_stray(database, gateway, owner, fact)


async def _check_refunds(
    database: Database, gateway: PaymentGateway, payment: Payment, fact: IntentFact, applied: Applied
) -> Synced:
    """The charge says how much went back; a refund that no event told of is taken over."""
    if fact.refunded is None or fact.refunded.minor == payment.provider_refunded_minor:
        return applied
    await take_over_refunds(database, gateway, intent_id=fact.id)
    return "applied"


async def _end_stray(database: Database, gateway: PaymentGateway, owner: Payment, fact: IntentFact) -> Synced:
    """A second intent of one order must not be payable; money that it took is given back."""
    if fact.status not in {"succeeded", "canceled", "processing"}:
        fact = await gateway.cancel_intent(fact.id)
    if fact.status == "processing":
        return "unknown"
    if fact.status != "succeeded":
        return "unchanged"
    async with database.transaction() as (db, now):
        await adopt_stray_intent(db, owner=owner, fact=fact, now=now)
    return "applied"


def _order_id(fact: IntentFact) -> UUID | None:
    try:
        return UUID(fact.order_id or "")
    except ValueError:
        return None
