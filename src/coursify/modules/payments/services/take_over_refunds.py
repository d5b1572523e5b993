"""Takes over every refund that the provider has of an intent."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.modules.payments.gateway import PaymentGateway
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.apply_refund import apply_refund


async def take_over_refunds(database: Database, gateway: PaymentGateway, *, intent_id: str) -> None:
    """Each in a transaction of its own; nothing happens for an intent that is not ours."""
    async with database.read() as db:
        number = await payments.next_fetch_number(db)
    for refund in await gateway.list_refunds(intent_id):
        async with database.transaction() as (db, now):
            payment = await payments.find_payment_by_provider_id(db, intent_id)
            if payment:
                await apply_refund(db, payment_id=payment.id, fact=refund, fetch_number=number, now=now)
