"""An object at the provider changed: it is fetched, and what it says is applied to the payment it belongs to."""

from __future__ import annotations

from enum import Enum

from coursify.core.database import Database
from coursify.core.gateways import PaymentGateway
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.apply_dispute import apply_dispute
from coursify.modules.payments.services.apply_intent import apply_intent
from coursify.modules.payments.services.apply_refund import apply_refund


class Outcome(Enum):
    APPLIED = "applied"
    UNKNOWN = "unknown"


async def sync_intent(database: Database, gateway: PaymentGateway, intent_id: str) -> Outcome:
    """Our own row decides which order it pays; one that is not recorded yet waits for the checkout to record it."""
    fact = await gateway.fetch_intent(intent_id)
    async with database.transaction() as (db, now):
        payment = await payments.find_payment_by_provider_id(db, fact.id)
        if payment is None:
            return Outcome.UNKNOWN
        await apply_intent(db, payment_id=payment.id, fact=fact, now=now)
    return Outcome.APPLIED


async def sync_refund(database: Database, gateway: PaymentGateway, provider_refund_id: str) -> Outcome:
    fact = await gateway.fetch_refund(provider_refund_id)
    async with database.transaction() as (db, now):
        payment = await payments.find_payment_by_provider_id(db, fact.intent_id or "")
        if payment is None:
            return Outcome.UNKNOWN
        await apply_refund(db, payment_id=payment.id, fact=fact, now=now)
    return Outcome.APPLIED


async def sync_dispute(database: Database, gateway: PaymentGateway, provider_dispute_id: str) -> Outcome:
    fact = await gateway.fetch_dispute(provider_dispute_id)
    async with database.transaction() as (db, now):
        payment = await payments.find_payment_by_provider_id(db, fact.intent_id or "")
        if payment is None:
            return Outcome.UNKNOWN
        await apply_dispute(db, payment_id=payment.id, fact=fact, now=now)
    return Outcome.APPLIED
