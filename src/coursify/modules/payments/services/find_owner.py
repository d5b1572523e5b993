"""Finds the payment that a refund or dispute belongs to; an intent that we have not recorded is synchronized first."""

from __future__ import annotations

from typing import Literal

from coursify.core.database import Database
from coursify.modules.payments.gateway import PaymentGateway
from coursify.modules.payments.models.payments import RECEIVED, Payment
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.sync_intent import sync_intent


async def find_owner(
    database: Database, gateway: PaymentGateway, intent_id: str | None
) -> Payment | Literal["foreign", "unknown"]:
    """Return the payment, whose money was received; `foreign` for another product's, `unknown` for any other intent.

    Where we do not know yet that the money was received, the intent is fetched and applied first. So a refund or
    dispute is applied only to an order that was fulfilled, or whose money is on hold. Fulfilment relies on that.
    """
    if intent_id is None:
        return "foreign"
    received = await _find_received(database, intent_id)
    if received:
        return received
    if await sync_intent(database, gateway, intent_id) == "foreign":
        return "foreign"
    return await _find_received(database, intent_id) or "unknown"


async def _find_received(database: Database, intent_id: str) -> Payment | None:
    async with database.read() as db:
        payment = await payments.find_payment_by_provider_id(db, intent_id)
    return payment if payment and payment.intent_rank == RECEIVED else None
