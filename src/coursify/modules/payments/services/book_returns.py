"""Books the refunds and lost disputes of a payment against its lines."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.attention.services.flag import flag
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.ledger.models import Account, Entry, entries_for_return, entries_for_suspense
from coursify.modules.ledger.services.rebook import rebook
from coursify.modules.payments.models.orders import OrderLine
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.models.refunds import RefundPart, Return
from coursify.modules.payments.pricing import allocate_returns, ledger_parts
from coursify.modules.payments.queries import order_lines, returns


async def book_returns(db: Connection, *, payment: Payment, now: datetime) -> None:
    """Make the ledger agree with the facts, whatever was booked before. The payment is locked.

    One fact can move another one's parts: a refund that failed leaves its lines to the others. What fits no line goes
    against suspense, and before a person. A refund that an admin paid otherwise leaves the bank, not the provider.
    """
    lines = await order_lines.list_order_lines(db, payment.order_id) if payment.order_status == "paid" else []
    found = await returns.list_returns(db, payment.id)
    allocated = allocate_returns(lines, found, payment.currency) if lines else {}
    returned: dict[UUID, int] = {}
    for each in found:
        parts = allocated.get(each.source_id, {})
        if lines:
            await _store_parts(db, lines, each, parts)
        entries = _entries(lines, each, parts, payment.currency, returned, now) if each.is_final else []
        if await rebook(db, source_type=each.source_type, source_id=each.source_id, entries=entries, now=now):
            await _notify(db, payment, each, parts, now)


async def _store_parts(db: Connection, lines: list[OrderLine], each: Return, parts: dict[UUID, int]) -> None:
    """A refund that was not sent, or failed, keeps what it was asked for: it may be tried again."""
    if each.source_type == "dispute" or (each.status == "failed" and not each.asked):
        return
    amounts = each.asked if each.status in {"requested", "failed"} else parts
    wanted = [RefundPart(line.id, amounts.get(line.id, 0)) for line in lines]
    await returns.set_refund_parts(db, refund_id=each.source_id, parts=wanted)


def _entries(
    lines: list[OrderLine],
    each: Return,
    parts: dict[UUID, int],
    currency: str,
    returned: dict[UUID, int],
    now: datetime,
) -> list[Entry]:
    """`returned` is what went back of each line before; it grows by this one."""
    paid_from: Account = "bank" if each.is_paid_otherwise else "provider_clearing"
    moved = ledger_parts(lines, parts, currency, returned=returned)
    for part in moved:
        returned[part.order_line_id] = part.returned_minor + part.amount_minor
    rest = each.amount_minor - sum(parts.values())
    return [
        *entries_for_return(moved, now=now, paid_from=paid_from),
        *entries_for_suspense(-rest, each.currency, paid_from=paid_from),
    ]


async def _notify(db: Connection, payment: Payment, each: Return, parts: dict[UUID, int], now: datetime) -> None:
    """A person looks at what fits no line, and at courses that lost money which was not asked of them."""
    why = _misfit(payment, each, parts) if each.is_final else None
    if why:
        await flag(
            db,
            kind="dispute_mismatch" if each.source_type == "dispute" else "refund_mismatch",
            object_type=each.source_type,
            object_id=each.source_id,
            why=why,
            now=now,
        )
        return
    await resolve(
        db,
        kind="dispute_mismatch" if each.source_type == "dispute" else "refund_mismatch",
        object_type=each.source_type,
        object_id=each.source_id,
        resolution="it fits the order's lines now",
        now=now,
    )


def _misfit(payment: Payment, each: Return, parts: dict[UUID, int]) -> str | None:
    """Only money that is on hold anyway needs no second look."""
    what = "A lost dispute took" if each.source_type == "dispute" else "A refund returned"
    rest = each.amount_minor - sum(parts.values())
    if rest and not (payment.is_unallocated and each.source_type == "refund"):
        return f"{what} {each.amount.format()}; {rest} of it (minor units) fits no order line."
    if parts != each.asked and each.asked and not rest:
        return f"{what} {each.amount.format()}; not all of it was left of the courses that it was asked for."
    return None
