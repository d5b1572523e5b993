"""A refund is booked exactly while it is settled."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection
from coursify.modules.ledger import queries as ledger
from coursify.modules.ledger.models import Account, entries_for_return, entries_for_suspense
from coursify.modules.ledger.services.book import book
from coursify.modules.ledger.services.reverse import reverse
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.pricing import ledger_parts
from coursify.modules.payments.queries import order_lines, refunds


async def book_refund(db: Connection, *, payment: Payment, refund: Refund, now: datetime) -> None:
    """Book a refund that succeeded, reverse the booking of one that did not; the caller holds the payment's lock.

    Each line gives back its own share. What fits no line goes against suspense. A refund that an admin paid otherwise
    leaves the bank, not the provider.
    """
    if refund.status != "succeeded":
        await reverse(db, source_type="refund", source_id=refund.id, now=now)
        return
    paid_from: Account = "bank" if refund.settled_by else "provider_clearing"
    lines = await order_lines.list_order_lines(db, payment.order_id)
    parts = await refunds.list_refund_parts(db, refund.id)
    balances = await ledger.list_line_balances(db, [line.id for line in lines])
    moved = ledger_parts(lines, parts, refund.currency, balances)
    rest = refund.amount_minor - sum(part.amount_minor for part in parts)
    entries = [
        *entries_for_return(moved, now=now, paid_from=paid_from),
        *entries_for_suspense(-rest, refund.currency, paid_from=paid_from),
    ]
    await book(db, source_type="refund", source_id=refund.id, entries=entries, now=now)
