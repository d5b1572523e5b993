"""Compares a payment with the provider again after a difference."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.payments.gateway import PaymentGateway
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.compare_payment import compare_payment


async def recheck_payment(database: Database, gateway: PaymentGateway, *, payment_id: UUID) -> None:
    """Close the item where the sums agree now; otherwise it says what differs."""
    async with database.read() as db:
        payment = await payments.get_payment(db, payment_id)
    if payment.provider_payment_id is None:
        raise AssertionError("only a payment with an intent differs from the provider")
    if await compare_payment(database, gateway, intent_id=payment.provider_payment_id) is None:
        async with database.transaction() as (db, now):
            await resolve(
                db,
                kind="money_difference",
                object_type="payment",
                object_id=payment_id,
                resolution="the sums agree",
                now=now,
            )
