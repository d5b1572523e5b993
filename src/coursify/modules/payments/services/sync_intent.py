"""Fetches an intent that changed and applies it to its payment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from coursify.core.database import Connection, Database
from coursify.modules.payments.gateway import IntentFact, PaymentGateway
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.adopt_stray_intent import adopt_stray_intent
from coursify.modules.payments.services.apply_intent import Applied, apply_intent
from coursify.modules.payments.services.take_over_refunds import take_over_refunds

# `foreign`: another product's object on the same account. `unknown`: perhaps ours, and not recorded yet.
Synced = Literal[Applied, "foreign", "unknown"]

# What the bringer of the news notes about it, in the transaction that applies the fact.
Note = Callable[[Connection, Synced, datetime], Awaitable[None]]

# The provider forgets an idempotency key after 24 h; before that, what it may have made is looked up.
KEY_TRUSTED = timedelta(hours=20)


async def sync_intent(
    database: Database, gateway: PaymentGateway, intent_id: str, *, note: Note | None = None
) -> Synced:
    """What became of the fact. An intent of one of our orders beside the recorded one is ended or given back.

    `note` is called where the fact is applied, once nothing is left to ask of the provider.
    """
    async with database.read() as db:
        number = await payments.next_fetch_number(db)
    fact = await gateway.fetch_intent(intent_id)
    async with database.transaction() as (db, now):
        payment = await payments.find_payment_by_provider_id(db, fact.id)
        applied = await _apply(db, payment, fact, number, note, now) if payment else None
        owner = None if payment else await find_payment_of_intent(db, fact)
    if applied:
        return applied
    if payment:
        await take_over_refunds(database, gateway, intent_id=fact.id)
        return "applied"
    if owner is None:
        return await _end_lost(gateway, fact) if fact.is_ours else "foreign"
    if owner.provider_payment_id is None and owner.order_status == "payable":
        # The checkout that made it is about to record it, or the sweep is.
        return "unknown"
    return await _end_stray(database, gateway, owner, fact)


async def _apply(
    db: Connection, payment: Payment, fact: IntentFact, number: int, note: Note | None, now: datetime
) -> Applied | None:
    """Applies the fact. None where refunds are missing, which have to be fetched first."""
    applied = await apply_intent(db, payment_id=payment.id, fact=fact, fetch_number=number, now=now)
    if _misses_refunds(await payments.get_payment(db, payment.id), fact):
        return None
    if note:
        await note(db, applied, now)
    return applied


def _misses_refunds(payment: Payment, fact: IntentFact) -> bool:
    """Whether the charge says that more or less went back than we know: an event of a refund was lost."""
    return fact.refunded is not None and fact.refunded.minor != payment.provider_refunded_minor


async def _end_stray(database: Database, gateway: PaymentGateway, owner: Payment, fact: IntentFact) -> Synced:
    """A second intent of one order must not be payable; money that it took is given back."""
    if fact.status not in {"succeeded", "canceled", "processing"}:
        fact = await gateway.cancel_intent(fact.id)
    if fact.status == "processing":
        return "unknown"
    if fact.status != "succeeded":
        return "unchanged"
    async with database.transaction() as (db, now):
        await adopt_stray_intent(db, owner=owner, fact=fact, now=now)
    return "applied"


async def _end_lost(gateway: PaymentGateway, fact: IntentFact) -> Synced:
    """An intent whose order a restore has lost must not be payable; money that it took waits for a person."""
    if fact.is_payable:
        fact = await gateway.cancel_intent(fact.id)
    return "unchanged" if fact.status == "canceled" else "unknown"


async def find_payment_of_intent(db: Connection, fact: IntentFact) -> Payment | None:
    """Return the payment of the order that the intent names, None for another product's."""
    try:
        order_id = UUID(fact.order_id or "")
    except ValueError:
        return None
    return await payments.find_payment_of_order(db, order_id)
