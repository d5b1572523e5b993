"""Starts a checkout: places the order and asks the provider for an intent. Only ids come from the client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.database import Database, LazyTransaction
from coursify.core.errors import AppError
from coursify.modules.payments.errors import AmountNotChargeable, AmountTooLarge, AmountTooSmall, PaymentInProgress
from coursify.modules.payments.gateway import PaymentGateway, ProviderRefused
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.queries import payments
from coursify.modules.payments.sealing import CLIENT_SECRET
from coursify.modules.payments.services.ask_provider import ask_provider
from coursify.modules.payments.services.cancel_order import cancel_order
from coursify.modules.payments.services.ensure_intent import ensure_intent
from coursify.modules.payments.services.place_order import Placed, Terms, place_order

MAX_ROUNDS = 4
_REFUSED_AMOUNTS: dict[str, type[AppError]] = {
    "amount_too_small": AmountTooSmall,
    "amount_too_large": AmountTooLarge,
    "amount_not_chargeable": AmountNotChargeable,
}


@dataclass(frozen=True, slots=True)
class Checkout:
    """The payment to confirm with the provider; no secret when there is nothing to pay."""

    payment: Payment
    client_secret: str | None
    is_new: bool


async def start_checkout(
    database: Database,
    gateway: PaymentGateway,
    sealer: Sealer,
    transaction: LazyTransaction,
    *,
    user_id: UUID,
    fields: Mapping[UUID, str],
    terms: Terms,
) -> Checkout:
    """Opens its own short transactions around the provider's calls. Asking again gives the same payment.

    A new intent is recorded in `transaction`, the request's own, and is committed together with its stored response.
    Raises PaymentInProgress when another checkout of the same courses ended this one, or a bank is moving its money.
    """
    for _ in range(MAX_ROUNDS):
        placed = await _place(database, gateway, sealer, user_id=user_id, fields=fields, terms=terms)
        payment = await _open(database, gateway, sealer, transaction, placed)
        if payment.is_unallocated:
            # Its money came, in another amount: an admin decides, and there is nothing to pay.
            raise PaymentInProgress
        if payment.order_status in {"payable", "paid"}:
            return Checkout(payment, reveal_secret(sealer, payment), is_new=placed.is_new)
    raise PaymentInProgress(headers={"Retry-After": "1"})


async def _open(
    database: Database, gateway: PaymentGateway, sealer: Sealer, transaction: LazyTransaction, placed: Placed
) -> Payment:
    """The order's payment as it is now. One from before is looked up: it may be paid, or gone, at the provider."""
    order = placed.order
    if not order.is_paid:
        try:
            payment = await ensure_intent(
                database, gateway, sealer, order_id=order.id, claim=placed.claim, last=transaction
            )
        except ProviderRefused as refusal:
            if refusal.provider_code in _REFUSED_AMOUNTS:
                raise _REFUSED_AMOUNTS[refusal.provider_code] from refusal
            raise
        if transaction.is_begun:
            return payment
        if not placed.is_new:
            await ask_provider(database, gateway, payment)
    async with database.read() as db:
        return await payments.get_payment_of_order(db, order.id)


async def _place(
    database: Database,
    gateway: PaymentGateway,
    sealer: Sealer,
    *,
    user_id: UUID,
    fields: Mapping[UUID, str],
    terms: Terms,
) -> Placed:
    """End what is in the way and decide again under the buyer's lock, until there is an order."""
    for cancels_left in reversed(range(MAX_ROUNDS)):
        async with database.transaction() as (db, now):
            placed = await place_order(db, user_id=user_id, fields=fields, terms=terms, now=now)
        if isinstance(placed, Placed):
            return placed
        # Who gives up leaves the order in the way to be paid: of many checkouts at once, one stays.
        if cancels_left:
            for order in placed:
                await cancel_order(database, gateway, sealer, order_id=order.id)
    raise PaymentInProgress(headers={"Retry-After": "1"})


def reveal_secret(sealer: Sealer, payment: Payment) -> str | None:
    """What the buyer's client confirms with; None once the payment is settled."""
    if payment.client_secret is None:
        return None
    return sealer.open(payment.client_secret, associated_data=CLIENT_SECRET.for_row(payment.id)).decode()
