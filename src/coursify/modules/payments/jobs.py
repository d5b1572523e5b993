"""What payments do later, and by the clock."""

from __future__ import annotations

from uuid import UUID

from coursify.core.deadline import Deadline
from coursify.core.errors import Conflict
from coursify.core.jobs import CLOCK_SECONDS
from coursify.core.logging import log
from coursify.modules.payments.gateway import PaymentResources, ProviderRefused
from coursify.modules.payments.services.cancel_order import cancel_order
from coursify.modules.payments.services.execute_refund import execute_refund
from coursify.modules.payments.services.flag_order import flag_order
from coursify.modules.payments.services.recheck_payment import recheck_payment
from coursify.modules.payments.services.refresh_customer import refresh_customer
from coursify.modules.payments.services.sweep_orders import sweep_orders


async def execute_refund_job(resources: PaymentResources, refund_id: str) -> None:
    await execute_refund(resources.database, resources.payments, refund_id=UUID(refund_id))


async def cancel_order_job(resources: PaymentResources, order_id: str) -> None:
    """While a bank is moving the money there is nothing to cancel: what it decides is applied like any other news."""
    try:
        await cancel_order(resources.database, resources.payments, resources.sealer, order_id=UUID(order_id))
    except ProviderRefused as refusal:
        await flag_order(resources.database, order_id=UUID(order_id), refusal=refusal)
    except Conflict as conflict:
        log.info("order not canceled", order_id=order_id, code=conflict.code)


async def refresh_customer_job(resources: PaymentResources, user_id: str) -> None:
    await refresh_customer(resources.database, resources.payments, user_id=UUID(user_id))


async def sweep_orders_job(resources: PaymentResources) -> None:
    await sweep_orders(
        resources.database, resources.payments, resources.sealer, deadline=Deadline.within(CLOCK_SECONDS)
    )


async def recheck_payment_job(resources: PaymentResources, payment_id: str) -> None:
    await recheck_payment(resources.database, resources.payments, payment_id=UUID(payment_id))
