"""Gives an open order exactly one intent at the provider, whatever crashed, raced or timed out."""

from __future__ import annotations

import asyncio
from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.database import Database, LazyTransaction
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
from coursify.modules.payments.models.payments import CLAIM, IntentClaim, Payment
from coursify.modules.payments.queries import intents, orders, payments
from coursify.modules.payments.sealing import CLIENT_SECRET
from coursify.modules.payments.services.apply_intent import apply_to_locked
from coursify.modules.payments.services.close_refused_order import close_refused_order
from coursify.modules.payments.services.ensure_customer import ensure_customer
from coursify.modules.payments.services.sync_intent import KEY_TRUSTED

ASK_SECONDS, REPLACE_SECONDS = 38, 20
MAX_DESCRIPTION = 500
WAIT_STEPS, WAIT_SECONDS = 25, 0.2


async def ensure_intent(
    database: Database,
    gateway: PaymentGateway,
    sealer: Sealer,
    *,
    order_id: UUID,
    claim: IntentClaim | None = None,
    last: LazyTransaction | None = None,
) -> Payment:
    """Return the order's payment with its intent; no connection is held while the provider is asked.

    `claim` is the caller's, who has just placed the order. An intent that was made for an order to pay is recorded in
    the transaction `last`, which stays open for the caller's answer; everything else is committed here.
    Raises PaymentInProgress when the order has ended or another request asks for too long, ProviderUnavailable,
    and ProviderRefused: then the order is closed, because nothing can be paid.
    """
    for _ in range(WAIT_STEPS):
        found = claim or await _claim(database, order_id)
        if isinstance(found, Payment):
            return found
        claim = None
        if found is None:
            await asyncio.sleep(WAIT_SECONDS)
        elif created := await _create(database, gateway, sealer, found, last):
            return created
    raise PaymentInProgress(headers={"Retry-After": "1"})


async def _claim(database: Database, order_id: UUID) -> IntentClaim | Payment | None:
    """The right to make the intent, the payment that has one already, or None while another request asks for it."""
    async with database.transaction() as (db, now):
        order = await orders.lock_order(db, order_id)
        payment = await payments.get_payment_of_order(db, order_id)
        if payment.provider_payment_id:
            return payment
        if not order.is_payable:
            raise PaymentInProgress(headers={"Retry-After": "1"})
        return await intents.claim_intent(db, payment.id, now=now, until=now + CLAIM)


def _label(claim: IntentClaim) -> IntentLabel:
    """A long list of titles is cut: Stripe takes no longer description."""
    titles = ", ".join(claim.titles)
    description = titles if len(titles) <= MAX_DESCRIPTION else f"{titles[: MAX_DESCRIPTION - 1]}…"
    return IntentLabel(description, wire_address(claim.email) if claim.email else None)


async def _create(
    database: Database, gateway: PaymentGateway, sealer: Sealer, claim: IntentClaim, last: LazyTransaction | None
) -> Payment | None:
    """Create the intent. None when the next attempt has to: with a new key, or a new customer for a lost one."""
    customer_id = claim.provider_customer_id
    try:
        async with asyncio.timeout(ASK_SECONDS):
            if customer_id is None:
                customer_id = await ensure_customer(database, gateway, user_id=claim.user_id, attempt=claim.attempt)
            fact = await _ask(gateway, claim, customer_id)
    except KeyReused:
        await _release(database, claim, next_attempt=True)
        return None
    except ProviderRefused as refusal:
        if customer_id and refusal.provider_code == "resource_missing" and refusal.param == "customer":
            await _replace_customer(database, gateway, claim, lost=customer_id)
            return None
        await close_refused_order(database, order_id=claim.order_id, refusal=refusal)
        raise
    except ProviderUnavailable as error:
        await _release(database, claim, next_attempt=error.is_answer)
        raise
    except TimeoutError as error:
        await _release(database, claim, next_attempt=False)
        raise ProviderUnavailable("no answer in time") from error
    return await _record(database, gateway, sealer, claim, fact, last)


async def _replace_customer(database: Database, gateway: PaymentGateway, claim: IntentClaim, *, lost: str) -> None:
    """A new customer, and a new key for the intent: the old key's parameters name the lost one."""
    try:
        async with asyncio.timeout(REPLACE_SECONDS):
            await ensure_customer(database, gateway, user_id=claim.user_id, attempt=claim.attempt, lost=lost)
    except TimeoutError as error:
        raise ProviderUnavailable("no answer in time") from error
    finally:
        await _release(database, claim, next_attempt=True)


async def _ask(gateway: PaymentGateway, claim: IntentClaim, customer_id: str) -> IntentFact:
    """Create under this attempt's key; where the key may be forgotten or spoiled, first look for what is there.

    Raises KeyReused when an earlier version, or this one with other settings, sent other parameters under the key: then
    what it made is adopted, and only if there is nothing may the next attempt create another intent.
    """
    is_trusted = claim.attempt == 1 and claim.attempted_at >= claim.claimed_at - KEY_TRUSTED
    if not is_trusted and (found := await _find(gateway, claim, customer_id)):
        return found
    try:
        return await gateway.create_intent(
            order_id=str(claim.order_id),
            amount=claim.amount,
            customer_id=customer_id,
            label=_label(claim),
            key=f"order:{claim.order_id}:a{claim.attempt}",
        )
    except KeyReused:
        if found := await _find(gateway, claim, customer_id):
            return found
        raise


async def _find(gateway: PaymentGateway, claim: IntentClaim, customer_id: str) -> IntentFact | None:
    """An intent of another amount is not adopted; an event of it ends it as a second one of the order."""
    found = await gateway.find_intent(order_id=str(claim.order_id), customer_id=customer_id)
    return found if found and found.amount == claim.amount else None


async def _record(
    database: Database,
    gateway: PaymentGateway,
    sealer: Sealer,
    claim: IntentClaim,
    fact: IntentFact,
    last: LazyTransaction | None,
) -> Payment:
    transaction = last or LazyTransaction(database)
    secret = sealer.seal((fact.client_secret or "").encode(), associated_data=CLIENT_SECRET.for_row(claim.payment_id))
    async with transaction.stage() as (db, now):
        order = await orders.lock_order(db, claim.order_id)
        await intents.set_intent(db, claim.payment_id, provider_payment_id=fact.id, client_secret=secret, now=now)
        recorded = await payments.lock_payment(db, claim.payment_id)
        is_recorded = recorded.provider_payment_id == fact.id
        if is_recorded:
            await apply_to_locked(db, recorded, fact=fact, fetch_number=claim.fetch_number, now=now)
            recorded = await payments.get_payment(db, claim.payment_id)
        transaction.stays_open = last is not None and is_recorded and order.is_payable and not recorded.is_settled
    if not is_recorded or not (order.is_payable or recorded.is_settled):
        await _end(gateway, fact)
    return recorded


async def _end(gateway: PaymentGateway, fact: IntentFact) -> None:
    """The order ended, or has another intent: this one must not stay payable. The sweep tries again what fails here."""
    try:
        await gateway.cancel_intent(fact.id)
    except ProviderError as error:
        raise PaymentInProgress(headers={"Retry-After": "1"}) from error


async def _release(database: Database, claim: IntentClaim, *, next_attempt: bool) -> None:
    async with database.transaction() as (db, _now):
        await intents.release_claim(db, claim.payment_id, next_attempt=next_attempt)
