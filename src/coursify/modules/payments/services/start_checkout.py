"""Somebody buys: an order is placed, and the provider is asked for the money. Nothing but ids comes from the client."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.core.gateways import PaymentGateway
from coursify.modules.payments.errors import PaymentInProgress
from coursify.modules.payments.models import Payment
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.cancel_order import cancel_order
from coursify.modules.payments.services.ensure_intent import ensure_intent, secret_place
from coursify.modules.payments.services.place_order import Placed, place_order

MAX_ROUNDS = 3


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
    *,
    user_id: UUID,
    course_ids: list[UUID],
    instructor_share_bp: int,
) -> Checkout:
    """Opens its own short transactions around the provider's calls. Asking again gives the same payment."""
    placed = await _place(
        database, gateway, user_id=user_id, course_ids=course_ids, instructor_share_bp=instructor_share_bp
    )
    if placed.order is None:
        raise PaymentInProgress
    if placed.order.is_paid:
        async with database.read() as db:
            payment = await payments.get_payment_of_order(db, placed.order.id)
        return Checkout(payment, None, is_new=placed.is_new)
    payment = await ensure_intent(database, gateway, sealer, order_id=placed.order.id)
    return Checkout(payment, reveal_secret(sealer, payment), is_new=placed.is_new)


async def _place(
    database: Database,
    gateway: PaymentGateway,
    *,
    user_id: UUID,
    course_ids: list[UUID],
    instructor_share_bp: int,
) -> Placed:
    for _ in range(MAX_ROUNDS):
        async with database.transaction() as (db, now):
            placed = await place_order(
                db,
                user_id=user_id,
                course_ids=course_ids,
                instructor_share_bp=instructor_share_bp,
                minimum_charge=gateway.minimum_charge,
                now=now,
            )
        if not placed.in_the_way:
            return placed
        for order in placed.in_the_way:
            await cancel_order(database, gateway, order_id=order.id)
    return placed


def reveal_secret(sealer: Sealer, payment: Payment) -> str | None:
    """What the buyer's client confirms with; None once the payment is settled."""
    if payment.client_secret is None:
        return None
    return sealer.open(payment.client_secret, place=secret_place(payment.id)).decode()
