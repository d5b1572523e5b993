"""A refund changed: it is fetched, and what it says is applied to the payment that it belongs to."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.core.gateways import PaymentGateway
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.apply_refund import apply_refund


async def sync_refund(database: Database, gateway: PaymentGateway, provider_refund_id: str) -> bool:
    """Whether it belongs to a payment of ours; also one made at the provider's own desk."""
    fact = await gateway.fetch_refund(provider_refund_id)
    async with database.transaction() as (db, now):
        payment = await payments.find_payment_by_provider_id(db, fact.intent_id or "")
        if payment:
            await apply_refund(db, payment_id=payment.id, fact=fact, now=now)
    return payment is not None
