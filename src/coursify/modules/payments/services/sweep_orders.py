"""What was left between two steps is taken up again; what nobody paid ends."""

from __future__ import annotations

from datetime import timedelta

from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.core.errors import AppError
from coursify.core.gateways import PaymentGateway
from coursify.core.logging import log
from coursify.modules.payments.queries import orders
from coursify.modules.payments.services.cancel_order import cancel_order
from coursify.modules.payments.services.ensure_intent import ensure_intent

LEFT_BEHIND = timedelta(minutes=1)
STALE = timedelta(hours=24)
BATCH = 100


async def sweep_orders(database: Database, gateway: PaymentGateway, sealer: Sealer) -> None:
    """Each order on its own: one that cannot be helped now does not keep the others waiting."""
    async with database.transaction() as (db, now):
        left_behind = await orders.list_orders_without_intent(db, before=now - LEFT_BEHIND, limit=BATCH)
        stale = await orders.list_stale_orders(db, before=now - STALE, limit=BATCH)
    for order_id in stale:
        try:
            await cancel_order(database, gateway, order_id=order_id, as_status="expired")
        except AppError as error:
            log.warning("order not expired", order_id=str(order_id), code=error.code)
    for order_id in set(left_behind) - set(stale):
        try:
            await ensure_intent(database, gateway, sealer, order_id=order_id)
        except AppError as error:
            log.warning("order without intent", order_id=str(order_id), code=error.code)
