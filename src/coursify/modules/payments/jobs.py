"""What payments do later, and by the clock."""

from __future__ import annotations

from uuid import UUID

from coursify.core.deadline import Deadline
from coursify.core.errors import Conflict
from coursify.core.jobs import CLOCK_SECONDS
from coursify.core.logging import log
from coursify.modules.payments.gateway import PaymentResources, ProviderRefused
from coursify.modules.payments.services import cancel_order as canceling
from coursify.modules.payments.services import execute_refund as refunding
from coursify.modules.payments.services import recheck_payment as rechecking
from coursify.modules.payments.services import sweep_orders as sweeping
from coursify.modules.payments.services.flag_order import flag_order


async def execute_refund(resources: PaymentResources, refund_id: str) -> None:
    await refunding.execute_refund(resources.database, resources.payments, refund_id=UUID(refund_id))


async def cancel_order(resources: PaymentResources, order_id: str) -> None:
    """While a bank is moving the money there is nothing to cancel: what it decides is applied like any other news."""
    try:
        await canceling.cancel_order(resources.database, resources.payments, resources.sealer, order_id=UUID(order_id))
    except ProviderRefused as refusal:
        await flag_order(resources.database, order_id=UUID(order_id), refusal=refusal)
    except Conflict as conflict:
        log.info("order not canceled", order_id=order_id, code=conflict.code)


async def sweep_orders(resources: PaymentResources) -> None:
    await sweeping.sweep_orders(
        resources.database, resources.payments, resources.sealer, deadline=Deadline.within(CLOCK_SECONDS)
    )


async def recheck_payment(resources: PaymentResources, payment_id: str) -> None:
    await rechecking.recheck_payment(resources.database, resources.payments, payment_id=UUID(payment_id))
