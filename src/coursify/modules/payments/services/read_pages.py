"""Reads payments with their lines, refunds, enrollments and what may be refunded, in a fixed number of queries."""

from __future__ import annotations

from datetime import datetime

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.enrollments.queries import grants
from coursify.modules.payments.models.payments import Payment, PaymentPage
from coursify.modules.payments.policies import refundable_for
from coursify.modules.payments.queries import order_lines, refunds


async def read_pages(db: Connection, found: list[Payment], *, caller: Caller, now: datetime) -> list[PaymentPage]:
    """One page for each payment, in the order given."""
    lines = await order_lines.list_lines_of_orders(db, [payment.order_id for payment in found])
    # What was never paid has neither refunds nor enrollments.
    paid = {payment.order_id: payment.id for payment in found if payment.received_at or payment.order_status == "paid"}
    refunded = await refunds.list_refunds_of_payments(db, list(paid.values())) if paid else []
    bought = [line.id for line in lines if line.order_id in paid]
    places = await grants.list_enrollment_ids_of_lines(db, bought) if bought else []
    enrolled = {place.order_line_id: place.enrollment_id for place in places}
    pages = []
    for payment in found:
        own = [line for line in lines if line.order_id == payment.order_id]
        pages.append(
            PaymentPage(
                payment=payment,
                lines=own,
                refunds=[refund for refund in refunded if refund.payment_id == payment.id],
                enrollment_ids=[enrolled[line.id] for line in own if line.id in enrolled],
                refundable=refundable_for(caller, payment, own, now),
            )
        )
    return pages
