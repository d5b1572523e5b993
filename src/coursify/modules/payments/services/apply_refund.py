"""Applies the provider's state of a refund: booked when it succeeded, reversed when it failed later."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.attention.services.flag import flag
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.notifications.services.notify import notify
from coursify.modules.payments import emails
from coursify.modules.payments.gateway import RefundFact
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.queries import orders, payments, refunds
from coursify.modules.payments.services.apply_intent import Applied
from coursify.modules.payments.services.book_returns import book_returns
from coursify.modules.payments.services.derive_access import derive_access
from coursify.modules.payments.services.end_held_money import end_held_money


async def apply_refund(
    db: Connection, *, payment_id: UUID, fact: RefundFact, fetch_number: int, now: datetime
) -> Applied:
    """Take over the fact, whatever it is: a refund that was not asked for here gets its row now.

    `fetch_number` was taken before the provider was asked; what was fetched later wins, in every direction.
    """
    payment = await _lock(db, payment_id)
    refund = await _find(db, payment, fact) or await _adopt(db, payment, fact)
    if fetch_number < (refund.fetch_number or 0):
        return "stale"
    if refund.status == fact.status and refund.provider_refund_id:
        return "unchanged"
    settled = await refunds.set_refund_status(
        db,
        refund.id,
        status=fact.status,
        provider_refund_id=fact.id,
        failure=fact.failure if fact.status == "failed" else None,
        fetch_number=fetch_number,
        now=now,
    )
    await book_returns(db, payment=payment, now=now)
    await _notify(db, payment, before=refund, refund=settled, now=now)
    await derive_access(db, order_id=payment.order_id, now=now)
    await end_held_money(db, payment_id=payment.id, now=now)
    return "applied"


async def _lock(db: Connection, payment_id: UUID) -> Payment:
    await orders.lock_order_of_payment(db, payment_id)
    return await payments.lock_payment(db, payment_id)


async def _find(db: Connection, payment: Payment, fact: RefundFact) -> Refund | None:
    """By the provider's id; before we know that, by our own, if it is one of this payment's.

    A refund of ours that has its provider's refund is not another one's, whatever that one's metadata says.
    """
    found = await refunds.find_refund_by_provider_id(db, fact.id)
    if found is None and fact.refund_id:
        own = await refunds.list_refunds(db, payment.id)
        unknown = [refund for refund in own if refund.provider_refund_id is None and not refund.settled_by]
        found = next((refund for refund in unknown if str(refund.id) == fact.refund_id), None)
    return found


async def _adopt(db: Connection, payment: Payment, fact: RefundFact) -> Refund:
    """A refund made at the provider; nobody asked for it here."""
    return await refunds.insert_refund(
        db,
        payment_id=payment.id,
        cause="provider",
        amount_minor=fact.amount.minor,
        currency=fact.amount.currency,
        reason=None,
        requested_by=None,
        requested_by_admin=False,
        provider_refund_id=fact.id,
        now=fact.created_at,
    )


async def _notify(db: Connection, payment: Payment, *, before: Refund, refund: Refund, now: datetime) -> None:
    """The buyer hears of money that comes, and of money that was announced and does not come."""
    if refund.status == "succeeded":
        await emails.send_refund(db, refund=refund, user_id=payment.user_id, now=now)
        if before.status != "succeeded":
            await notify(db, user_id=payment.user_id, kind="refund_succeeded", subject_id=refund.id, now=now)
        await resolve(
            db,
            kind="refund_failed",
            object_type="refund",
            object_id=refund.id,
            resolution="the provider reports that it succeeded",
            now=now,
        )
    elif refund.status == "failed" and before.status != "failed":
        if refund.cause != "provider" or before.status != "requested":
            await emails.send_refund_failed(db, refund=refund, user_id=payment.user_id, now=now)
            await notify(db, user_id=payment.user_id, kind="refund_failed", subject_id=refund.id, now=now)
        await flag(
            db,
            kind="refund_failed",
            object_type="refund",
            object_id=refund.id,
            why=f"The refund of {refund.amount.format()} failed: {refund.failure or 'no reason given'}.",
            now=now,
        )
