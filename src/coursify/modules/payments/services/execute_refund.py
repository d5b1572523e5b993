"""A requested refund is asked of the provider, under one key for ever: a time-out is not a failure."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from coursify.core.database import Database
from coursify.core.gateways import GatewayRefused, PaymentGateway, RefundFact
from coursify.core.logging import log
from coursify.modules.payments.models import Refund
from coursify.modules.payments.queries import payments, refunds
from coursify.modules.payments.services.apply_refund import apply_refund, fail_refund

KEY_TRUSTED = timedelta(hours=20)


async def execute_refund(database: Database, gateway: PaymentGateway, *, refund_id: UUID) -> None:
    """Raises GatewayError where nothing is known, so that the job tries again with the same key."""
    async with database.transaction() as (db, now):
        refund = await refunds.find_refund(db, refund_id)
        if refund is None or refund.status != "requested":
            return
        payment = await payments.get_payment(db, refund.payment_id)
    if payment.provider_payment_id is None:
        raise AssertionError("a received payment has its intent")
    fact = None
    if refund.created_at < now - KEY_TRUSTED:
        fact = await _find(gateway, payment.provider_payment_id, refund)
    if fact is None:
        fact = await _create(database, gateway, payment.provider_payment_id, refund)
    if fact:
        async with database.transaction() as (db, now):
            await apply_refund(db, payment_id=payment.id, fact=fact, now=now)


async def _create(database: Database, gateway: PaymentGateway, intent_id: str, refund: Refund) -> RefundFact | None:
    try:
        return await gateway.create_refund(refund_id=str(refund.id), intent_id=intent_id, amount=refund.amount)
    except GatewayRefused as refusal:
        fact = await _find(gateway, intent_id, refund)
        if fact is None:
            log.error("refund refused", refund_id=str(refund.id), code=refusal.code)
            async with database.transaction() as (db, now):
                await fail_refund(db, refund_id=refund.id, failure=refusal.code, now=now)
        return fact


async def _find(gateway: PaymentGateway, intent_id: str, refund: Refund) -> RefundFact | None:
    return next((fact for fact in await gateway.list_refunds(intent_id) if fact.refund_id == str(refund.id)), None)
