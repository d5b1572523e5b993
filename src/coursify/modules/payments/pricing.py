"""How an amount is taken from the lines of an order: pure, exact to the smallest unit that the currency allows."""

from __future__ import annotations

from uuid import UUID

from coursify.core.currencies import CURRENCIES
from coursify.core.money import split_by_weight
from coursify.modules.ledger.models import LineBalance, Part
from coursify.modules.payments.models.orders import OrderLine
from coursify.modules.payments.models.refunds import RefundPart


def spread_refund(lines: list[OrderLine], amount_minor: int, currency: str) -> list[RefundPart]:
    """Take the amount from what can be refunded of each line, in proportion, in steps of the currency."""
    return _spread(lines, [line.refundable_minor for line in lines], amount_minor, currency)


def allocate_return(lines: list[OrderLine], amount_minor: int, currency: str) -> list[RefundPart]:
    """Which lines an amount that the provider took back belongs to.

    First what nobody else claims of each line, then what we have only requested (that request gives way), then what is
    on its way back at the provider (that refund may fail). The parts sum to less than the amount where more went back
    than the lines hold.
    """
    claims = (
        [line.refundable_minor for line in lines],
        [line.unreturned_minor - line.refundable_minor for line in lines],
        [min(line.pending_minor, line.paid_minor) for line in lines],
    )
    amounts: dict[UUID, int] = {}
    rest = amount_minor
    for weights in claims:
        for part in _spread(lines, weights, min(rest, sum(weights)), currency):
            amounts[part.order_line_id] = amounts.get(part.order_line_id, 0) + part.amount_minor
        rest = amount_minor - sum(amounts.values())
    return [RefundPart(line.id, amounts[line.id]) for line in lines if amounts.get(line.id)]


def ledger_parts(
    lines: list[OrderLine], parts: list[RefundPart], currency: str, balances: list[LineBalance]
) -> list[Part]:
    """What moves of each line, with the share that was frozen on it and what was given back of it before."""
    amounts = {part.order_line_id: part.amount_minor for part in parts}
    before = {balance.order_line_id: balance for balance in balances}
    return [
        Part(
            order_line_id=line.id,
            instructor_id=line.instructor_id,
            instructor_share_bp=line.instructor_share_bp,
            amount_minor=amounts[line.id],
            currency=currency,
            returned_minor=before[line.id].returned_minor if line.id in before else 0,
            returned_share_minor=before[line.id].returned_share_minor if line.id in before else 0,
        )
        for line in lines
        if amounts.get(line.id)
    ]


def _spread(lines: list[OrderLine], weights: list[int], amount_minor: int, currency: str) -> list[RefundPart]:
    step = CURRENCIES[currency].step_minor
    shares = split_by_weight(amount_minor, weights, step=step)
    return [RefundPart(line.id, part) for line, part in zip(lines, shares, strict=True) if part]
