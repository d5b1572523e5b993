"""Asks the provider about an open payment, at most once in 3 s, so that it is fulfilled without any webhook."""

from __future__ import annotations

from datetime import timedelta

from coursify.core.database import Database
from coursify.core.logging import log
from coursify.modules.payments.gateway import PaymentGateway, ProviderRefused, ProviderUnavailable
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.queries import intents, payments
from coursify.modules.payments.services.apply_intent import apply_intent
from coursify.modules.payments.services.flag_order import flag_order

PAUSE = timedelta(seconds=3)


async def ask_provider(database: Database, gateway: PaymentGateway, payment: Payment) -> Payment:
    """Return the payment after asking; unchanged when there is nothing to ask or the provider does not answer.

    Raises ProviderRefused for an order that waits for an intent which the provider does not know: a person has to look.
    """
    if payment.is_settled or payment.provider_payment_id is None:
        return payment
    async with database.transaction() as (db, now):
        if not await intents.claim_question(db, payment.id, now=now, last=now - PAUSE):
            # Asked a moment ago, or settled since the caller looked: what is known now is the answer.
            return await payments.get_payment(db, payment.id)
        number = await payments.next_fetch_number(db)
    try:
        fact = await gateway.fetch_intent(payment.provider_payment_id)
    except ProviderUnavailable as error:
        log.warning("provider did not answer", payment_id=str(payment.id), reason=error.reason)
        return payment
    except ProviderRefused as refusal:
        await flag_order(database, order_id=payment.order_id, refusal=refusal)
        if payment.order_status == "payable":
            raise
        return payment
    async with database.transaction() as (db, now):
        await apply_intent(db, payment_id=payment.id, fact=fact, fetch_number=number, now=now)
        return await payments.get_payment(db, payment.id)
