"""Fetches a dispute that changed and applies it to its payment."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.modules.payments.gateway import PaymentGateway
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.apply_dispute import apply_dispute
from coursify.modules.payments.services.find_owner import find_owner
from coursify.modules.payments.services.sync_intent import Note, Synced


async def sync_dispute(
    database: Database, gateway: PaymentGateway, provider_dispute_id: str, *, note: Note | None = None
) -> Synced:
    """The provider's word overwrites what we knew, in every direction."""
    async with database.read() as db:
        number = await payments.next_fetch_number(db)
    fact = await gateway.fetch_dispute(provider_dispute_id)
    owner = await find_owner(database, gateway, fact.intent_id)
    if isinstance(owner, str):
        return owner
    async with database.transaction() as (db, now):
        applied = await apply_dispute(db, payment_id=owner.id, fact=fact, fetch_number=number, now=now)
        if note:
            await note(db, applied, now)
        return applied
