"""Places an order for a cart, frozen as quoted now, or returns the open order of the same quote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.payments.models.orders import ORDER_LIFETIME, Buyer, NewOrder, Order
from coursify.modules.payments.models.payments import CLAIM, IntentClaim
from coursify.modules.payments.queries import buyers, order_lines, orders
from coursify.modules.payments.quotes import Quote
from coursify.modules.payments.services.fulfil_order import fulfil_order
from coursify.modules.payments.services.quote_cart import quote_cart


@dataclass(frozen=True, slots=True)
class Terms:
    """What the school's settings freeze on an order."""

    instructor_share_bp: int
    refund_days: int
    default_currency: str


@dataclass(frozen=True, slots=True)
class Placed:
    """The order to pay now. With a `claim`, the caller alone may ask for the intent of this new order."""

    order: Order
    is_new: bool
    claim: IntentClaim | None = None


async def place_order(
    db: Connection, *, user_id: UUID, fields: Mapping[UUID, str], terms: Terms, now: datetime
) -> Placed | list[Order]:
    """The order, or the orders in its way, which must end at the provider before there can be one.

    Raises what `Quote.check` raises. The buyer's row is locked: one purchase of a person at a time is decided.
    """
    buyer = await buyers.lock_buyer(db, user_id)
    quote = await quote_cart(db, user_id=user_id, fields=fields, default_currency=terms.default_currency, now=now)
    quote.check()
    open_orders = await orders.list_open_orders(db, user_id=user_id, course_ids=list(fields))
    if len(open_orders) == 1 and await _is_same(db, open_orders[0], quote):
        return Placed(open_orders[0], is_new=False)
    if open_orders:
        return open_orders
    order = await _insert(db, user_id, quote, terms, now)
    if quote.total.minor == 0:
        return Placed(await fulfil_order(db, order_id=order.id, now=now), is_new=True)
    return Placed(order, is_new=True, claim=_claim(order, quote, buyer, now))


async def _insert(db: Connection, user_id: UUID, quote: Quote, terms: Terms, now: datetime) -> NewOrder:
    return await orders.insert_order(
        db,
        user_id=user_id,
        status="payable",
        currency=quote.currency,
        lines=quote.lines,
        list_price_minor=quote.list_minor,
        discount_minor=quote.discount_minor,
        tax_minor=quote.tax_minor,
        instructor_share_bp=terms.instructor_share_bp,
        refund_days=terms.refund_days,
        expires_at=now + ORDER_LIFETIME,
        claimed_until=now + CLAIM if quote.total.minor else None,
        now=now,
    )


def _claim(order: NewOrder, quote: Quote, buyer: Buyer, now: datetime) -> IntentClaim:
    return IntentClaim(
        payment_id=order.payment_id,
        order_id=order.id,
        user_id=order.user_id,
        attempt=1,
        attempted_at=now,
        claimed_at=now,
        amount_minor=order.total_minor,
        currency=order.currency,
        fetch_number=order.fetch_number,
        titles=[line.title for line in sorted(quote.lines, key=lambda line: line.course_id)],
        email=buyer.email,
        provider_customer_id=buyer.provider_customer_id,
    )


async def _is_same(db: Connection, order: Order, quote: Quote) -> bool:
    """The same courses at the same amounts: the buyer asks again for what they were asked to pay."""
    ordered = {line.course_id: line.amount_minor for line in await order_lines.list_order_lines(db, order.id)}
    return ordered == {line.course_id: line.amount_minor for line in quote.lines} and order.total == quote.total
