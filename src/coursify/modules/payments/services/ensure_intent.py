"""An order that waits for money has exactly one intent at the provider, whatever crashed, raced or timed out."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.core.gateways import GatewayError, GatewayRefused, IntentFact, PaymentGateway
from coursify.modules.payments.errors import AmountNotChargeable, PaymentInProgress, ProviderUnavailable
from coursify.modules.payments.models import Payment
from coursify.modules.payments.queries import orders, payments
from coursify.modules.payments.services.apply_intent import apply_intent

CLAIM = timedelta(seconds=30)
# The provider forgets a key after 24 h; before that we look for what it may have made.
KEY_TRUSTED = timedelta(hours=20)
WAIT_STEPS, WAIT_SECONDS = 25, 0.2


async def ensure_intent(database: Database, gateway: PaymentGateway, sealer: Sealer, *, order_id: UUID) -> Payment:
    """The order's payment with its intent; holds no connection while the provider is asked."""
    for _ in range(WAIT_STEPS):
        async with database.transaction() as (db, now):
            payment = await payments.get_payment_of_order(db, order_id)
            if payment.provider_payment_id:
                return payment
            claimed = await payments.claim_intent(db, order_id=order_id, now=now, until=now + CLAIM)
        if claimed:
            return await _create(database, gateway, sealer, claimed, now)
        await asyncio.sleep(WAIT_SECONDS)
    raise PaymentInProgress(headers={"Retry-After": "1"})


async def _create(
    database: Database, gateway: PaymentGateway, sealer: Sealer, payment: Payment, now: datetime
) -> Payment:
    try:
        customer_id = await _ensure_customer(database, gateway, payment.user_id)
        fact = await _ask(gateway, payment, customer_id, now)
    except GatewayRefused as refusal:
        await _release(database, payment, next_attempt=False)
        raise AmountNotChargeable(refusal.message) from refusal
    except GatewayError as error:
        await _release(database, payment, next_attempt=error.is_answer)
        raise ProviderUnavailable from error
    return await _record(database, gateway, sealer, payment, fact)


async def _ask(gateway: PaymentGateway, payment: Payment, customer_id: str, now: datetime) -> IntentFact:
    """Create under this attempt's key; where the key may be forgotten or spoiled, first look for what is there."""
    order_id = str(payment.order_id)
    if payment.attempt > 1 or (payment.attempted_at and payment.attempted_at < now - KEY_TRUSTED):
        found = await gateway.find_intent(order_id=order_id, customer_id=customer_id)
        if found:
            return found
    return await gateway.create_intent(
        order_id=order_id, amount=payment.amount, customer_id=customer_id, key=f"order:{order_id}:a{payment.attempt}"
    )


async def _ensure_customer(database: Database, gateway: PaymentGateway, user_id: UUID) -> str:
    async with database.read() as db:
        buyer = await orders.get_buyer(db, user_id)
    if buyer.provider_customer_id:
        return buyer.provider_customer_id
    customer_id = await gateway.create_customer(user_id=str(user_id), email=buyer.email or "", name=buyer.name or "")
    async with database.transaction() as (db, now):
        await orders.insert_customer(db, user_id=user_id, provider_customer_id=customer_id, now=now)
        buyer = await orders.get_buyer(db, user_id)
    return buyer.provider_customer_id or customer_id


async def _record(
    database: Database, gateway: PaymentGateway, sealer: Sealer, payment: Payment, fact: IntentFact
) -> Payment:
    secret = (fact.client_secret or "").encode()
    async with database.transaction() as (db, now):
        order = await orders.lock_order(db, payment.order_id)
        await payments.set_intent(
            db,
            payment.id,
            provider_payment_id=fact.id,
            client_secret=sealer.seal(secret, place=secret_place(payment.id)),
            now=now,
        )
        recorded = await apply_intent(db, payment_id=payment.id, fact=fact, now=now)
    if not order.is_payable and not recorded.is_settled:
        # The order was ended while the provider was asked: its intent must not stay payable.
        canceled = await gateway.cancel_intent(fact.id)
        async with database.transaction() as (db, now):
            return await apply_intent(db, payment_id=payment.id, fact=canceled, now=now)
    return recorded


async def _release(database: Database, payment: Payment, *, next_attempt: bool) -> None:
    async with database.transaction() as (db, _now):
        await payments.release_claim(db, payment.id, next_attempt=next_attempt)


def secret_place(payment_id: UUID) -> str:
    """Where a client secret is sealed for; it opens nowhere else."""
    return f"payments.client_secret:{payment_id}"
