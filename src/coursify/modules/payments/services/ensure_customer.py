"""Gives a buyer exactly one customer at the provider."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.modules.payments.gateway import PaymentGateway
from coursify.modules.payments.queries import buyers


async def ensure_customer(
    database: Database, gateway: PaymentGateway, *, user_id: UUID, attempt: int, lost: str | None = None
) -> str:
    """The customer's id at the provider, made now if there is none; `lost` is one that it does not know any more.

    Each attempt has a key of its own: under one key the provider repeats its own failure.
    """
    async with database.transaction() as (db, _now):
        if lost:
            await buyers.delete_lost_customer(db, user_id=user_id, provider_customer_id=lost)
        buyer = await buyers.get_buyer(db, user_id)
    if buyer.provider_customer_id:
        return buyer.provider_customer_id
    customer_id = await gateway.create_customer(
        user_id=str(user_id), email=buyer.email or "", name=buyer.name or "", replaces=lost, attempt=attempt
    )
    async with database.transaction() as (db, now):
        await buyers.insert_customer(db, user_id=user_id, provider_customer_id=customer_id, now=now)
        buyer = await buyers.get_buyer(db, user_id)
    return buyer.provider_customer_id or customer_id
