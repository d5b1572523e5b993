"""What the provider says of a refund becomes ours: booked when it succeeded, reversed when it failed after all."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.gateways import RefundFact
from coursify.modules.ledger import queries as ledger
from coursify.modules.ledger.services.book import book
from coursify.modules.payments import emails
from coursify.modules.payments.models import OrderLine, Payment, Refund, RefundStatus
from coursify.modules.payments.pricing import ledger_parts, spread_refund
from coursify.modules.payments.queries import orders, payments, refunds
from coursify.modules.payments.services.derive_access import derive_access


async def apply_refund(db: Connection, *, payment_id: UUID, fact: RefundFact, now: datetime) -> None:
    """Take over the fact; one that was made at the provider's own desk gets its row now."""
    known = await payments.get_payment(db, payment_id)
    await orders.lock_order(db, known.order_id)
    payment = await payments.lock_payment(db, payment_id)
    lines = await orders.list_order_lines(db, payment.order_id)
    refund = await _find(db, payment, fact) or await _adopt(db, payment, lines, fact, now)
    if refund is None or refund.status in {fact.status, "failed"}:
        return
    if refund.status == "succeeded" and fact.status == "pending":
        return
    await _settle(db, payment, refund, fact.status, provider_refund_id=fact.id, failure=fact.failure, now=now)


async def fail_refund(db: Connection, *, refund_id: UUID, failure: str, now: datetime) -> None:
    """The provider will never pay this refund: what it claimed may be refunded again."""
    refund = await refunds.find_refund(db, refund_id)
    if refund is None:
        return
    known = await payments.get_payment(db, refund.payment_id)
    await orders.lock_order(db, known.order_id)
    payment = await payments.lock_payment(db, refund.payment_id)
    await _settle(db, payment, refund, "failed", provider_refund_id=None, failure=failure, now=now)


async def _find(db: Connection, payment: Payment, fact: RefundFact) -> Refund | None:
    """By the provider's id; before we know it by our own, if it is one of this payment's."""
    found = await refunds.find_refund_by_provider_id(db, fact.id)
    if found is None and fact.refund_id:
        found = next(
            (refund for refund in await refunds.list_refunds(db, payment.id) if str(refund.id) == fact.refund_id), None
        )
    return found


async def _adopt(
    db: Connection, payment: Payment, lines: list[OrderLine], fact: RefundFact, now: datetime
) -> Refund | None:
    left = sum(line.refundable_minor for line in lines)
    if fact.status == "failed" or fact.amount.currency != payment.currency or not 0 < fact.amount.minor <= left:
        return None
    refund = await refunds.insert_refund(
        db,
        payment_id=payment.id,
        amount_minor=fact.amount.minor,
        currency=payment.currency,
        reason="made at the payment provider",
        requested_by=None,
        requested_by_admin=False,
        provider_refund_id=fact.id,
        now=now,
    )
    await refunds.insert_refund_parts(db, refund_id=refund.id, parts=spread_refund(lines, fact.amount.minor))
    return refund


async def _settle(
    db: Connection,
    payment: Payment,
    refund: Refund,
    status: RefundStatus,
    *,
    provider_refund_id: str | None,
    failure: str | None,
    now: datetime,
) -> None:
    settled = await refunds.set_refund_status(
        db, refund.id, status=status, provider_refund_id=provider_refund_id, failure=failure, now=now
    )
    amounts = {part.order_line_id: part.amount_minor for part in await refunds.list_refund_parts(db, refund.id)}
    lines = await orders.list_order_lines(db, payment.order_id)
    parts = ledger_parts(lines, amounts, payment.currency)
    if status == "succeeded":
        await book(db, source_type="refund", source_id=refund.id, parts=parts, now=now)
        await emails.post_refund(db, refund=settled, user_id=payment.user_id, now=now)
    elif status == "failed" and await ledger.is_booked(db, source_type="refund", source_id=refund.id):
        await book(db, source_type="refund_reversal", source_id=refund.id, parts=parts, now=now)
    await derive_access(db, order_id=payment.order_id, now=now)
