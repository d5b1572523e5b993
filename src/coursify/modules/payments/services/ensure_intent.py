"""Gives an open order exactly one intent at the provider, whatever crashed, raced or timed out."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.database import Connection, Database
from coursify.core.mailer import wire_address
from coursify.modules.payments.errors import PaymentInProgress
from coursify.modules.payments.gateway import (
    IntentFact,
    IntentLabel,
    KeyReused,
    PaymentGateway,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
)
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.queries import buyers, intents, order_lines, orders, payments
from coursify.modules.payments.sealing import CLIENT_SECRET
from coursify.modules.payments.services.apply_intent import apply_intent
from coursify.modules.payments.services.close_refused_order import close_refused_order
from coursify.modules.payments.services.ensure_customer import ensure_customer
from coursify.modules.payments.services.sync_intent import KEY_TRUSTED

# Longer than one attempt to ask the provider (ASK_SECONDS and REPLACE_SECONDS), so that two never ask at once.
CLAIM = timedelta(seconds=60)
ASK_SECONDS, REPLACE_SECONDS = 38, 20
MAX_DESCRIPTION = 500
WAIT_STEPS, WAIT_SECONDS = 25, 0.2


async def ensure_intent(database: Database, gateway: PaymentGateway, sealer: Sealer, *, order_id: UUID) -> Payment:
    """Return the order's payment with its intent; no connection is held while the provider is asked.

    Raises PaymentInProgress when the order has ended or another request asks for too long, ProviderUnavailable,
    and ProviderRefused: then the order is closed, because nothing can be paid.
    """
    for _ in range(WAIT_STEPS):
        async with database.transaction() as (db, now):
            order = await orders.lock_order(db, order_id)
            payment = await payments.get_payment_of_order(db, order_id)
            if payment.provider_payment_id:
                return payment
            if not order.is_payable:
                break
            is_claimed = await intents.claim_intent(db, payment.id, now=now, until=now + CLAIM)
            payment = await payments.get_payment(db, payment.id)
            number = await payments.next_fetch_number(db)
            label = await _label(db, payment) if is_claimed else None
        if not is_claimed:
            await asyncio.sleep(WAIT_SECONDS)
        elif created := await _create(database, gateway, sealer, payment, label, number, now):
            return created
    raise PaymentInProgress(headers={"Retry-After": "1"})


async def _label(db: Connection, payment: Payment) -> IntentLabel:
    """A long list of titles is cut: Stripe takes no longer description."""
    titles = ", ".join(await order_lines.list_titles(db, payment.order_id))
    buyer = await buyers.get_buyer(db, payment.user_id)
    description = titles if len(titles) <= MAX_DESCRIPTION else f"{titles[: MAX_DESCRIPTION - 1]}…"
    return IntentLabel(description, wire_address(buyer.email) if buyer.email else None)


async def _create(
    database: Database,
    gateway: PaymentGateway,
    sealer: Sealer,
    payment: Payment,
    label: IntentLabel | None,
    number: int,
    now: datetime,
) -> Payment | None:
    """Create the intent. None when the next attempt has to: with a new key, or a new customer for a lost one."""
    try:
        async with asyncio.timeout(ASK_SECONDS):
            customer_id = await ensure_customer(database, gateway, user_id=payment.user_id, attempt=payment.attempt)
            fact = await _ask(gateway, payment, customer_id, label, now)
    except KeyReused:
        await _release(database, payment, next_attempt=True)
        return None
    except ProviderRefused as refusal:
        if refusal.provider_code == "resource_missing" and refusal.param == "customer":
            await _replace_customer(database, gateway, payment, lost=customer_id)
            return None
        await close_refused_order(database, order_id=payment.order_id, refusal=refusal)
        raise
    except ProviderUnavailable as error:
        await _release(database, payment, next_attempt=error.is_answer)
        raise
    except TimeoutError as error:
        await _release(database, payment, next_attempt=False)
        raise ProviderUnavailable("no answer in time") from error
    return await _record(database, gateway, sealer, payment, fact, number)


async def _replace_customer(database: Database, gateway: PaymentGateway, payment: Payment, *, lost: str) -> None:
    """A new customer, and a new key for the intent: the old key's parameters name the lost one."""
    try:
        async with asyncio.timeout(REPLACE_SECONDS):
            await ensure_customer(database, gateway, user_id=payment.user_id, attempt=payment.attempt, lost=lost)
    except TimeoutError as error:
        raise ProviderUnavailable("no answer in time") from error
    finally:
        await _release(database, payment, next_attempt=True)


async def _ask(
    gateway: PaymentGateway, payment: Payment, customer_id: str, label: IntentLabel | None, now: datetime
) -> IntentFact:
    """Create under this attempt's key; where the key may be forgotten or spoiled, first look for what is there.

    Raises KeyReused when an earlier version, or this one with other settings, sent other parameters under the key: then
    what it made is adopted, and only if there is nothing may the next attempt create another intent.
    """
    is_trusted = payment.attempt == 1 and not (payment.attempted_at and payment.attempted_at < now - KEY_TRUSTED)
    if not is_trusted and (found := await _find(gateway, payment, customer_id)):
        return found
    try:
        return await gateway.create_intent(
            order_id=str(payment.order_id),
            amount=payment.amount,
            customer_id=customer_id,
            label=label,
            key=f"order:{payment.order_id}:a{payment.attempt}",
        )
    except KeyReused:
        if found := await _find(gateway, payment, customer_id):
            return found
        raise


async def _find(gateway: PaymentGateway, payment: Payment, customer_id: str) -> IntentFact | None:
    """An intent of another amount is not adopted; an event of it ends it as a second one of the order."""
    found = await gateway.find_intent(order_id=str(payment.order_id), customer_id=customer_id)
    return found if found and found.amount == payment.amount else None


async def _record(
    database: Database, gateway: PaymentGateway, sealer: Sealer, payment: Payment, fact: IntentFact, number: int
) -> Payment:
    secret = sealer.seal((fact.client_secret or "").encode(), associated_data=CLIENT_SECRET.for_row(payment.id))
    async with database.transaction() as (db, now):
        order = await orders.lock_order(db, payment.order_id)
        await intents.set_intent(db, payment.id, provider_payment_id=fact.id, client_secret=secret, now=now)
        recorded = await payments.get_payment(db, payment.id)
        is_recorded = recorded.provider_payment_id == fact.id
        if is_recorded:
            await apply_intent(db, payment_id=payment.id, fact=fact, fetch_number=number, now=now)
        recorded = await payments.get_payment(db, payment.id)
    if not is_recorded or not (order.is_payable or recorded.is_settled):
        await _end(gateway, fact)
    return recorded


async def _end(gateway: PaymentGateway, fact: IntentFact) -> None:
    """The order ended, or has another intent: this one must not stay payable. The sweep tries again what fails here."""
    try:
        await gateway.cancel_intent(fact.id)
    except ProviderError as error:
        raise PaymentInProgress(headers={"Retry-After": "1"}) from error


async def _release(database: Database, payment: Payment, *, next_attempt: bool) -> None:
    async with database.transaction() as (db, _now):
        await intents.release_claim(db, payment.id, next_attempt=next_attempt)
