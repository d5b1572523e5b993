"""An order that will not be paid ends: its intent first, by the provider's word, then the order itself."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Database
from coursify.core.gateways import GatewayError, PaymentGateway
from coursify.modules.payments.errors import PaymentInProgress, ProviderUnavailable
from coursify.modules.payments.models import OrderStatus
from coursify.modules.payments.queries import orders, payments
from coursify.modules.payments.services.apply_intent import apply_intent


async def cancel_order(
    database: Database, gateway: PaymentGateway, *, order_id: UUID, as_status: OrderStatus = "canceled"
) -> None:
    """Raises PaymentInProgress while money is on its way; money that came meanwhile is honored as frozen."""
    async with database.read() as db:
        payment = await payments.get_payment_of_order(db, order_id)
    if payment.provider_payment_id:
        try:
            fact = await gateway.cancel_intent(payment.provider_payment_id)
        except GatewayError as error:
            raise ProviderUnavailable from error
        if fact.status == "processing":
            raise PaymentInProgress
        async with database.transaction() as (db, now):
            if fact.status == "canceled":
                await orders.lock_order(db, order_id)
                await orders.close_order(db, order_id, status=as_status, now=now)
            await apply_intent(db, payment_id=payment.id, fact=fact, now=now)
        return
    async with database.transaction() as (db, now):
        await orders.lock_order(db, order_id)
        await orders.close_order(db, order_id, status=as_status, now=now)
        await orders.close_lines(db, order_id)
