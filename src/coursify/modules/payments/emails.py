"""The letters about money: a receipt for what was paid, a note on what came back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import mail
from coursify.core.database import Connection
from coursify.core.gateways import Letter
from coursify.core.jobs import Tools
from coursify.core.money import Money
from coursify.modules.payments.models import Order, Refund
from coursify.modules.payments.queries import orders, payments, refunds

RECEIPT = "receipt"
REFUND = "refund"


async def post_receipt(db: Connection, *, order: Order, now: datetime) -> None:
    await mail.post(db, kind=RECEIPT, subject_id=order.id, user_id=order.user_id, now=now)


async def post_refund(db: Connection, *, refund: Refund, user_id: UUID, now: datetime) -> None:
    await mail.post(db, kind=REFUND, subject_id=refund.id, user_id=user_id, now=now)


async def compose_receipt(db: Connection, tools: Tools, order_id: UUID) -> Letter | None:
    """Every line with its price; None for a buyer who is gone."""
    receipt = await orders.find_receipt(db, order_id)
    if receipt is None or receipt.email is None or receipt.name is None:
        return None
    prices = [Money(amount, receipt.currency).format() for amount in receipt.amounts]
    text, html = mail.render(
        "receipt",
        name=receipt.name,
        lines=list(zip(receipt.titles, prices, strict=True)),
        total=Money(receipt.total_minor, receipt.currency).format(),
        paid_on=receipt.paid_at.strftime("%d %B %Y") if receipt.paid_at else "",
        order_id=str(order_id),
    )
    return Letter(to=receipt.email, to_name=receipt.name, subject="Your receipt", text=text, html=html)


async def compose_refund(db: Connection, tools: Tools, refund_id: UUID) -> Letter | None:
    """What went back, and that it may take some days."""
    refund = await refunds.find_refund(db, refund_id)
    payment = await payments.get_payment(db, refund.payment_id) if refund else None
    receipt = await orders.find_receipt(db, payment.order_id) if payment else None
    if refund is None or receipt is None or receipt.email is None or receipt.name is None:
        return None
    text, html = mail.render(
        "refund",
        name=receipt.name,
        amount=refund.amount.format(),
        titles=receipt.titles,
        order_id=str(receipt.order_id),
    )
    return Letter(to=receipt.email, to_name=receipt.name, subject="Your refund", text=text, html=html)
