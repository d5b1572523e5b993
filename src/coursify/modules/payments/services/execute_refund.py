"""Asks the provider for a requested refund, under one key until it answers: a time-out is not a failure."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.modules.payments.gateway import PaymentGateway, ProviderRefused, ProviderUnavailable, RefundFact
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.queries import payments, refunds
from coursify.modules.payments.services.apply_refund import apply_refund
from coursify.modules.payments.services.fail_refund import ALREADY_REFUNDED, REFUSED, fail_refund
from coursify.modules.payments.services.sync_intent import KEY_TRUSTED
from coursify.modules.payments.services.take_over_refunds import take_over_refunds

_MONEY_IS_BACK = "charge_already_refunded"


async def execute_refund(database: Database, gateway: PaymentGateway, *, refund_id: UUID) -> None:
    """Raises ProviderUnavailable where nothing is known, so that the job tries again with the same key.

    Where the provider answered with a failure of its own, it would repeat it under this key: the next attempt has
    another one, and first looks for what this one may have made.
    """
    async with database.transaction() as (db, now):
        refund = await refunds.get_refund(db, refund_id)
        if refund.status != "requested":
            return
        payment = await payments.get_payment(db, refund.payment_id)
        number = await payments.next_fetch_number(db)
    if payment.provider_payment_id is None:
        raise AssertionError("a received payment has its intent")
    fact = None
    if refund.attempt > 1 or refund.created_at < now - KEY_TRUSTED:
        fact = await _find(gateway, payment.provider_payment_id, refund)
    try:
        fact = fact or await gateway.create_refund(
            refund_id=str(refund.id),
            intent_id=payment.provider_payment_id,
            amount=refund.amount,
            key=f"refund:{refund.id}:a{refund.attempt}",
        )
    except ProviderUnavailable as error:
        if error.is_answer:
            async with database.transaction() as (db, _now):
                await refunds.start_next_attempt(db, refund.id, after=refund.attempt)
        raise
    except ProviderRefused as refusal:
        await _accept_refusal(database, gateway, payment, refund, refusal)
        return
    async with database.transaction() as (db, now):
        await apply_refund(db, payment_id=payment.id, fact=fact, fetch_number=number, now=now)


async def _find(gateway: PaymentGateway, intent_id: str, refund: Refund) -> RefundFact | None:
    return next((fact for fact in await gateway.list_refunds(intent_id) if fact.refund_id == str(refund.id)), None)


async def _accept_refusal(
    database: Database, gateway: PaymentGateway, payment: Payment, refund: Refund, refusal: ProviderRefused
) -> None:
    """Take over every refund that the provider has: ours may be among them, or the money is back by another."""
    await take_over_refunds(database, gateway, intent_id=payment.provider_payment_id or "")
    failure = ALREADY_REFUNDED if refusal.provider_code == _MONEY_IS_BACK else REFUSED
    async with database.transaction() as (db, now):
        await fail_refund(db, refund=refund, failure=failure, reason=refusal.reason, now=now)
