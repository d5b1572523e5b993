"""Fetches a refund that changed and applies it to its payment."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.modules.payments.gateway import PaymentGateway
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.apply_refund import apply_refund
from coursify.modules.payments.services.find_owner import find_owner
from coursify.modules.payments.services.sync_intent import Note, Synced


async def sync_refund(database: Database, gateway: PaymentGateway, provider_refund_id: str, *, note: Note) -> Synced:
    """Also one that was made in the provider's dashboard, and one of a payment that we did not know was received."""
    async with database.read() as db:
        number = await payments.next_fetch_number(db)
    fact = await gateway.fetch_refund(provider_refund_id)
    owner = await find_owner(database, gateway, fact.intent_id)
    if isinstance(owner, str):
        return owner
    async with database.transaction() as (db, now):
        applied = await apply_refund(db, payment_id=owner.id, fact=fact, fetch_number=number, now=now)
        await note(db, applied, now)
        return applied
