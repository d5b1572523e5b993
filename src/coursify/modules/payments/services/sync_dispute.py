"""A dispute changed: it is fetched, and what it says is applied to the payment that it belongs to."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.core.gateways import PaymentGateway
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.apply_dispute import apply_dispute


async def sync_dispute(database: Database, gateway: PaymentGateway, provider_dispute_id: str) -> bool:
    """Whether it belongs to a payment of ours; the provider's word overwrites what we knew."""
    fact = await gateway.fetch_dispute(provider_dispute_id)
    async with database.transaction() as (db, now):
        payment = await payments.find_payment_by_provider_id(db, fact.intent_id or "")
        if payment:
            await apply_dispute(db, payment_id=payment.id, fact=fact, now=now)
    return payment is not None
