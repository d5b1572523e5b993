"""Finishes checkouts that stopped halfway, and expires orders that nobody paid."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.database import Connection, Database
from coursify.core.deadline import Deadline
from coursify.core.errors import AppError
from coursify.core.logging import log
from coursify.modules.payments.gateway import PaymentGateway, ProviderRefused, ProviderUnavailable
from coursify.modules.payments.queries import orders
from coursify.modules.payments.services.cancel_order import cancel_order
from coursify.modules.payments.services.ensure_intent import ensure_intent
from coursify.modules.payments.services.flag_order import flag_order

LEFT_BEHIND = timedelta(minutes=1)
BATCH = 100

Find = Callable[[Connection, UUID], Awaitable[list[UUID]]]
Work = Callable[[UUID], Awaitable[object]]


async def sweep_orders(database: Database, gateway: PaymentGateway, sealer: Sealer, *, deadline: Deadline) -> None:
    """Each order on its own; the first answer "the provider is down" ends the sweep, as does its time."""
    now = await database.now()

    async def expire(order_id: UUID) -> None:
        await cancel_order(database, gateway, sealer, order_id=order_id, as_status="expired")

    async def end_intent(order_id: UUID) -> None:
        await cancel_order(database, gateway, sealer, order_id=order_id)

    async def finish(order_id: UUID) -> None:
        await ensure_intent(database, gateway, sealer, order_id=order_id)

    steps: list[tuple[Find, Work]] = [
        (lambda db, after: orders.list_closed_orders_with_open_intent(db, after_id=after, limit=BATCH), end_intent),
        (lambda db, after: orders.list_orders_of_unsold_courses(db, after_id=after, limit=BATCH), end_intent),
        (lambda db, after: orders.list_expired_orders(db, now=now, after_id=after, limit=BATCH), expire),
        (
            lambda db, after: orders.list_orders_without_intent(
                db, before=now - LEFT_BEHIND, after_id=after, limit=BATCH
            ),
            finish,
        ),
    ]
    for find, work in steps:
        if not await _sweep(database, find, work, deadline):
            return


async def _sweep(database: Database, find: Find, work: Work, deadline: Deadline) -> bool:
    """Whether everything was looked at; batch by batch, so that what cannot be helped now blocks nothing behind it."""
    after = UUID(int=0)
    while True:
        async with database.read() as db:
            batch = await find(db, after)
        for order_id in batch:
            if deadline.has_passed:
                return False
            try:
                await _sweep_one(database, work, order_id)
            except ProviderUnavailable as error:
                log.warning("sweep ends: the provider is down", reason=error.reason)
                return False
        if len(batch) < BATCH:
            return True
        after = batch[-1]


async def _sweep_one(database: Database, work: Work, order_id: UUID) -> None:
    try:
        await work(order_id)
    except ProviderRefused as refusal:
        await flag_order(database, order_id=order_id, refusal=refusal)
    except ProviderUnavailable:
        raise
    except AppError as error:
        log.info("order left for the next sweep", order_id=str(order_id), code=error.code)
    except Exception:  # noqa: BLE001  # one order's fault must not keep the others waiting
        log.exception("order not swept", order_id=str(order_id))
