"""The emails about money: receipt, refund, a payment that a bank is still moving, and what went wrong."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import mail
from coursify.core.currencies import format_amount
from coursify.core.database import Connection
from coursify.core.mailer import Email
from coursify.core.page_urls import page_url
from coursify.core.resources import CoreResources
from coursify.modules.payments.models.orders import Order, Receipt
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.queries import orders, payments, refunds

RECEIPT = "receipt"
REFUND = "refund"
REFUND_FAILED = "refund_failed"
DUPLICATE_PAYMENT = "duplicate_payment"
PAYMENT_WAITING = "payment_waiting"
PAYMENT_FAILED = "payment_failed"


async def send_receipt(db: Connection, *, order: Order, now: datetime) -> None:
    await mail.enqueue_email(db, kind=RECEIPT, subject_id=order.id, user_id=order.user_id, now=now)


async def send_refund(db: Connection, *, refund: Refund, user_id: UUID, now: datetime) -> None:
    await mail.enqueue_email(db, kind=REFUND, subject_id=refund.id, user_id=user_id, now=now)


async def send_refund_failed(db: Connection, *, refund: Refund, user_id: UUID, now: datetime) -> None:
    await mail.enqueue_email(db, kind=REFUND_FAILED, subject_id=refund.id, user_id=user_id, now=now)


async def send_duplicate_payment(db: Connection, *, refund: Refund, user_id: UUID, now: datetime) -> None:
    await mail.enqueue_email(db, kind=DUPLICATE_PAYMENT, subject_id=refund.id, user_id=user_id, now=now)


async def send_payment_waiting(db: Connection, *, payment: Payment, attempt: int, now: datetime) -> None:
    """Once for each attempt that a bank takes days for."""
    await mail.enqueue_email(
        db, kind=PAYMENT_WAITING, subject_id=payment.id, user_id=payment.user_id, occurrence=attempt, now=now
    )


async def send_payment_failed(db: Connection, *, payment: Payment, attempt: int, now: datetime) -> None:
    """Once for each attempt that a bank refused."""
    await mail.enqueue_email(
        db, kind=PAYMENT_FAILED, subject_id=payment.id, user_id=payment.user_id, occurrence=attempt, now=now
    )


async def compose_receipt(db: Connection, resources: CoreResources, order_id: UUID) -> Email | None:
    """Every line with its price; None for a buyer who is erased."""
    receipt = await orders.find_receipt(db, order_id)
    # Without a storefront there is no page of ours that shows a purchase.
    payment = await payments.find_payment_of_order(db, order_id)
    app = resources.settings.app
    link = page_url(app, f"payments/{payment.id}") if payment and app.storefront_url else None
    prices = [format_amount(amount, receipt.currency) for amount in receipt.amounts] if receipt else []
    lines = list(zip(receipt.titles, prices, strict=True)) if receipt else []
    paid_on = f"{receipt.paid_at.day} {receipt.paid_at:%B %Y}" if receipt and receipt.paid_at else ""
    return _compose("receipt", "Receipt for your payment of {total}", receipt, lines=lines, paid_on=paid_on, link=link)


async def compose_refund(db: Connection, resources: CoreResources, refund_id: UUID) -> Email | None:
    """What went back, and that it may take some days."""
    return await _about_refund(db, "refund", "Your refund of {amount}", refund_id)


async def compose_refund_failed(db: Connection, resources: CoreResources, refund_id: UUID) -> Email | None:
    """A refund that was under way came back; the school looks into it. None when it has succeeded."""
    return await _about_refund(db, "refund_failed", "Your refund of {amount} failed", refund_id, only_if="failed")


async def compose_duplicate_payment(db: Connection, resources: CoreResources, refund_id: UUID) -> Email | None:
    """A course was paid although it was open already: the money goes back without being asked for."""
    return await _about_refund(db, "duplicate_payment", "You paid twice: {amount} is being returned", refund_id)


async def compose_payment_waiting(db: Connection, resources: CoreResources, payment_id: UUID) -> Email | None:
    """None once the bank has answered."""
    payment = await payments.find_payment(db, payment_id)
    if payment is None or not payment.is_processing:
        return None
    receipt = await orders.find_receipt(db, payment.order_id)
    return _compose("payment_waiting", "Your payment of {total} is being processed", receipt)


async def compose_payment_failed(db: Connection, resources: CoreResources, payment_id: UUID) -> Email | None:
    """None once it was paid another way."""
    payment = await payments.find_payment(db, payment_id)
    if payment is None or payment.is_settled or payment.is_processing:
        return None
    receipt = await orders.find_receipt(db, payment.order_id)
    return _compose("payment_failed", "Your payment of {total} failed", receipt)


async def _about_refund(
    db: Connection, template: str, subject: str, refund_id: UUID, *, only_if: str | None = None
) -> Email | None:
    refund = await refunds.get_refund(db, refund_id)
    if only_if and refund.status != only_if:
        return None
    payment = await payments.get_payment(db, refund.payment_id)
    receipt = await orders.find_receipt(db, payment.order_id)
    return _compose(template, subject, receipt, amount=refund.amount.format())


def _compose(template: str, subject: str, receipt: Receipt | None, **context: object) -> Email | None:
    """`subject` may name `{total}` and what `context` has."""
    if receipt is None or receipt.email is None or receipt.name is None:
        return None
    context |= {
        "name": receipt.name,
        "titles": receipt.titles,
        "total": format_amount(receipt.total_minor, receipt.currency),
        "order_id": str(receipt.order_id),
    }
    subject = subject.format(**context)
    text, html = mail.render_email(template, subject=subject, **context)
    return Email(to=receipt.email, to_name=receipt.name, subject=subject, text=text, html=html)
