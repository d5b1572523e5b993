"""Brings the name and address of a buyer to the provider after a change."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.core.mailer import wire_address
from coursify.modules.payments.gateway import PaymentGateway
from coursify.modules.payments.models.orders import Buyer
from coursify.modules.payments.queries import buyers


async def refresh_customer(database: Database, gateway: PaymentGateway, *, user_id: UUID) -> None:
    """Nothing for someone who never bought. What changes while the provider is asked is brought as well."""
    told: Buyer | None = None
    while (buyer := await _read(database, user_id)) != told:
        if buyer.provider_customer_id and buyer.email:
            await gateway.update_customer(
                buyer.provider_customer_id, email=wire_address(buyer.email), name=buyer.name or ""
            )
        told = buyer


async def _read(database: Database, user_id: UUID) -> Buyer:
    async with database.read() as db:
        return await buyers.get_buyer(db, user_id)
