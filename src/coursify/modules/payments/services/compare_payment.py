"""Compares what was received and refunded of one payment with the provider, and takes over what differs."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.core.money import Money
from coursify.modules.attention.services.flag import flag
from coursify.modules.payments.gateway import DisputeFact, IntentFact, PaymentGateway, ProviderRefused
from coursify.modules.payments.models.payments import RECEIVED, Payment
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.sync_intent import find_payment_of_intent, sync_intent
from coursify.modules.payments.services.take_over_refunds import take_over_refunds


def differs(payment: Payment | None, fact: IntentFact) -> bool:
    """Whether our sums are not the provider's; an intent that took nothing agrees with anything but received money."""
    received = Money(0, fact.received.currency)
    if payment and payment.intent_rank == RECEIVED:
        received = payment.received
    if fact.status != "succeeded":
        return bool(received.minor)
    refunded = fact.refunded.minor if fact.refunded else 0
    return payment is None or received != fact.received or payment.provider_refunded_minor != refunded


async def compare_payment(database: Database, gateway: PaymentGateway, *, intent_id: str) -> str | None:
    """A sentence about the difference, or None where the sums agree.

    The provider's facts are taken over; the item on the work list stays until a person has seen it.
    """
    try:
        fact = await gateway.fetch_intent(intent_id)
    except ProviderRefused as refusal:
        return await _flag(database, intent_id, f"The provider does not know {intent_id}: {refusal.reason}.")
    async with database.read() as db:
        before = await payments.find_payment_by_provider_id(db, intent_id)
    if not differs(before, fact):
        return None
    synced = await sync_intent(database, gateway, intent_id)
    if synced == "foreign" or (synced == "unknown" and fact.received == fact.refunded):
        return None
    await take_over_refunds(database, gateway, intent_id=intent_id)
    async with database.read() as db:
        after = await payments.find_payment_by_provider_id(db, intent_id)
        is_lost = after is None and await find_payment_of_intent(db, fact) is None
    end = "taken over now" if not differs(after, fact) else "still different: look at this payment"
    if is_lost:
        end = "its order is not in the database: see the buyer at the provider and return the money there"
    return await _flag(database, intent_id, f"{_describe(before, fact)}; {end}.")


async def flag_missed_dispute(database: Database, *, fact: DisputeFact) -> str:
    """Flag a dispute that no event reported; returns the sentence on the work list."""
    return await _flag(
        database,
        fact.intent_id or fact.id,
        f"The dispute {fact.id} of {fact.amount.format()} was not known as {fact.status}; taken over now.",
    )


def _describe(payment: Payment | None, fact: IntentFact) -> str:
    refunded = fact.refunded or Money(0, fact.received.currency)
    theirs = f"The provider received {fact.received.format()} and refunded {refunded.format()}"
    if payment is None:
        return f"{theirs} for {fact.id}, which we did not know"
    received = payment.received if payment.intent_rank == RECEIVED else Money(0, payment.currency)
    ours = Money(payment.provider_refunded_minor, received.currency)
    return f"{theirs}; we had {received.format()} and {ours.format()}"


async def _flag(database: Database, intent_id: str, why: str) -> str:
    async with database.transaction() as (db, now):
        payment = await payments.find_payment_by_provider_id(db, intent_id)
        await flag(
            db,
            kind="money_difference",
            object_type="payment" if payment else "intent",
            object_id=payment.id if payment else intent_id,
            why=why,
            unless_dismissed=True,
            now=now,
        )
    return why
