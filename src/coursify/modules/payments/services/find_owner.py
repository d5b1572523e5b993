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
    """The payment, received as the provider says; `foreign` for another product's, `unknown` while it may yet be ours.

    Money that goes back has come: where we have not heard of that, the intent is fetched and applied first.
    """
    if intent_id is None:
        return "foreign"
    async with database.read() as db:
        payment = await payments.find_payment_by_provider_id(db, intent_id)
    if payment and payment.intent_rank == RECEIVED:
        return payment
    synced = await sync_intent(database, gateway, intent_id)
    if synced == "foreign":
        return "foreign"
    async with database.read() as db:
        payment = await payments.find_payment_by_provider_id(db, intent_id)
    return payment or "unknown"
