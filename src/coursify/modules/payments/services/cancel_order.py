"""Cancels an order: first its intent, as the provider confirms, then the order itself."""

from __future__ import annotations

from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.modules.payments.errors import PaymentInProgress
from coursify.modules.payments.gateway import PaymentGateway, ProviderRefused
from coursify.modules.payments.models.orders import OrderStatus
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.queries import order_lines, orders, payments
from coursify.modules.payments.services.apply_intent import apply_intent
from coursify.modules.payments.services.ensure_intent import ensure_intent


async def cancel_order(
    database: Database,
    gateway: PaymentGateway,
    sealer: Sealer,
    *,
    order_id: UUID,
    as_status: OrderStatus = "canceled",
) -> None:
    """End the order once the provider confirms that nothing of it can be paid any more.

    Until then its courses stay taken, so that no second payable object exists. Money that came is honored as frozen.
    Raises PaymentInProgress while money is on its way, ProviderUnavailable or ProviderRefused (an intent that the
    provider does not know); the order stays open then.
    """
    payment = await _close_untouched(database, order_id, as_status)
    if payment is None:
        return
    if payment.provider_payment_id is None:
        # Asked again under the same key, the provider answers with the intent that it made, or makes it.
        try:
            payment = await ensure_intent(database, gateway, sealer, order_id=order_id)
        except ProviderRefused:
            # It makes none, and the order was closed: nothing of it can be paid.
            return
    async with database.read() as db:
        number = await payments.next_fetch_number(db)
    fact = await gateway.cancel_intent(payment.provider_payment_id or "")
    async with database.transaction() as (db, now):
        await apply_intent(db, payment_id=payment.id, fact=fact, fetch_number=number, closed_as=as_status, now=now)
    if fact.status == "processing":
        raise PaymentInProgress(headers={"Retry-After": "60"})


async def _close_untouched(database: Database, order_id: UUID, as_status: OrderStatus) -> Payment | None:
    """Close an order that never reached the provider. Else its payment, whose intent has to end; None when it has.

    A payment without an intent was asked for, and the answer is not recorded: there may be an intent.
    """
    async with database.transaction() as (db, now):
        order = await orders.lock_order(db, order_id)
        payment = await payments.get_payment_of_order(db, order_id)
        if payment.provider_payment_id:
            return None if payment.is_settled else payment
        if not order.is_payable:
            return None
        if payment.attempt > 1 or payment.attempted_at:
            return payment
        await orders.close_order(db, order_id, status=as_status, now=now)
        await order_lines.close_lines(db, order_id)
    return None
