"""Deletes an erased buyer at the provider once no money of theirs is on its way; our payments stay."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.modules.payments.gateway import PaymentGateway
from coursify.modules.payments.queries import buyers


async def forget_customer(database: Database, gateway: PaymentGateway, *, user_id: UUID) -> bool:
    """False while money is on its way: then it is too early."""
    async with database.read() as db:
        if await buyers.has_open_money(db, user_id):
            return False
        customer_id = await buyers.find_customer_id(db, user_id)
    if customer_id:
        await gateway.delete_customer(customer_id)
        async with database.transaction() as (db, _now):
            await buyers.delete_customer(db, user_id)
    return True
