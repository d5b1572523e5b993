"""A requested refund is asked of the provider, under one key for ever: a time-out is not a failure."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.core.gateways import PaymentGateway, ProviderRefused, RefundFact
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.queries import payments, refunds
from coursify.modules.payments.services.apply_refund import apply_refund
from coursify.modules.payments.services.fail_refund import ALREADY_REFUNDED, REFUSED, fail_refund
from coursify.modules.payments.services.sync_intent import KEY_TRUSTED
from coursify.modules.payments.services.take_over_refunds import take_over_refunds

_MONEY_IS_BACK = "charge_already_refunded"


async def execute_refund(database: Database, gateway: PaymentGateway, *, refund_id: UUID) -> None:
    """Raises ProviderUnavailable where nothing is known, so that the job tries again with the same key."""
    async with database.transaction() as (db, now):
        refund = await refunds.find_refund(db, refund_id)
        if refund is None or refund.status != "requested":
            return
        payment = await payments.get_payment(db, refund.payment_id)
        number = await payments.next_fetch_number(db)
    if payment.provider_payment_id is None:
        raise AssertionError("a received payment has its intent")
    fact = None
    if refund.created_at < now - KEY_TRUSTED:
        fact = await _find(gateway, payment.provider_payment_id, refund)
    try:
        fact = fact or await gateway.create_refund(
            refund_id=str(refund.id), intent_id=payment.provider_payment_id, amount=refund.amount
        )
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
        await fail_refund(db, refund_id=refund.id, failure=failure, reason=refusal.reason, now=now)
