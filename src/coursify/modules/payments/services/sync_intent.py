"""An intent changed: it is fetched, and what it says is applied to the payment that it belongs to."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.core.gateways import PaymentGateway
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.apply_intent import apply_intent


async def sync_intent(database: Database, gateway: PaymentGateway, intent_id: str) -> bool:
    """Whether it belongs to a payment of ours; one that no checkout has recorded yet is not, for now."""
    fact = await gateway.fetch_intent(intent_id)
    async with database.transaction() as (db, now):
        payment = await payments.find_payment_by_provider_id(db, fact.id)
        if payment:
            await apply_intent(db, payment_id=payment.id, fact=fact, now=now)
    return payment is not None
