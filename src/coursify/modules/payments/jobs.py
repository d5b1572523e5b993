"""What payments do later, and by the clock."""

from __future__ import annotations

from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.errors import Conflict
from coursify.core.logging import log
from coursify.modules.payments.gateway import PaymentTools, ProviderRefused
from coursify.modules.payments.services import cancel_order as canceling
from coursify.modules.payments.services import execute_refund as refunding
from coursify.modules.payments.services import recheck_payment as rechecking
from coursify.modules.payments.services import sweep_orders as sweeping
from coursify.modules.payments.services.flag_order import flag_order


async def execute_refund(tools: PaymentTools, refund_id: str) -> None:
    await refunding.execute_refund(tools.database, tools.payments, refund_id=UUID(refund_id))


async def cancel_order(tools: PaymentTools, order_id: str) -> None:
    """While a bank is moving the money there is nothing to cancel: what it decides is applied like any other news."""
    try:
        await canceling.cancel_order(tools.database, tools.payments, _sealer(tools), order_id=UUID(order_id))
    except ProviderRefused as refusal:
        await flag_order(tools.database, order_id=UUID(order_id), refusal=refusal)
    except Conflict as conflict:
        log.info("order not canceled", order_id=order_id, code=conflict.code)


async def sweep_orders(tools: PaymentTools) -> None:
    await sweeping.sweep_orders(tools.database, tools.payments, _sealer(tools), deadline=tools.deadline)


def _sealer(tools: PaymentTools) -> Sealer:
    return Sealer(tools.settings.keys.encryption_keys)


async def recheck_payment(tools: PaymentTools, payment_id: str) -> None:
    await rechecking.recheck_payment(tools.database, tools.payments, payment_id=UUID(payment_id))
