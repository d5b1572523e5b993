"""How an amount is taken from the lines of an order: pure, exact to the smallest unit that the currency allows."""

from __future__ import annotations

from uuid import UUID

from coursify.core.currencies import CURRENCIES
from coursify.core.money import split_by_weight
from coursify.modules.ledger.models import Part
from coursify.modules.payments.models.orders import OrderLine
from coursify.modules.payments.models.refunds import RefundPart, Return


def spread_refund(lines: list[OrderLine], amount_minor: int, currency: str) -> list[RefundPart]:
    """Take the amount from what can be refunded of each line, in proportion, in steps of the currency."""
    return _spread(lines, [line.refundable_minor for line in lines], amount_minor, currency)


def allocate_returns(lines: list[OrderLine], returns: list[Return], currency: str) -> dict[UUID, dict[UUID, int]]:
    """What each refund and lost dispute takes of each line, by its id; `returns` in the order they were made.

    The facts alone decide, not when we heard of them. A refund of ours takes from the lines that it was asked for,
    whatever does not fit there, and whatever the provider returns without us, from all lines that hold money; last
    from what an earlier refund of ours, still under way, was asked for. A refund that is pending gets what is left.
    What fits no line is in no part.
    """
    left = {line.id: line.paid_minor for line in lines}
    asked_before = dict.fromkeys(left, 0)
    allocated: dict[UUID, dict[UUID, int]] = {}
    own = [each for each in returns if each.currency == currency]
    for each in own:
        if each.is_final:
            allocated[each.source_id] = _take(lines, left, asked_before, each)
        elif each.is_under_way:
            for line_id, asked in each.asked.items():
                asked_before[line_id] += asked
    for each in own:
        if each.status == "pending":
            allocated[each.source_id] = _take(lines, left, dict.fromkeys(left, 0), each)
    return allocated


def _take(lines: list[OrderLine], left: dict[UUID, int], avoid: dict[UUID, int], each: Return) -> dict[UUID, int]:
    """Take one return from `left`, which goes down by it."""
    taken = {line_id: min(asked, left[line_id]) for line_id, asked in each.asked.items()}
    for line_id, amount in taken.items():
        left[line_id] -= amount
    rest = each.amount_minor - sum(taken.values())
    free = [max(0, left[line.id] - avoid[line.id]) for line in lines]
    for weights in (free, [left[line.id] - unclaimed for line, unclaimed in zip(lines, free, strict=True)]):
        for part in _spread(lines, weights, min(rest, sum(weights)), each.currency):
            taken[part.order_line_id] = taken.get(part.order_line_id, 0) + part.amount_minor
            left[part.order_line_id] -= part.amount_minor
            rest -= part.amount_minor
    return {line_id: amount for line_id, amount in taken.items() if amount}


def ledger_parts(
    lines: list[OrderLine], amounts: dict[UUID, int], currency: str, *, returned: dict[UUID, int]
) -> list[Part]:
    """What moves of each line, with the share that was frozen on it and what was given back of it before."""
    return [
        Part(
            order_line_id=line.id,
            instructor_id=line.instructor_id,
            instructor_share_bp=line.instructor_share_bp,
            amount_minor=amounts[line.id],
            currency=currency,
            returned_minor=returned.get(line.id, 0),
        )
        for line in lines
        if amounts.get(line.id)
    ]


def _spread(lines: list[OrderLine], weights: list[int], amount_minor: int, currency: str) -> list[RefundPart]:
    step = CURRENCIES[currency].step_minor
    shares = split_by_weight(amount_minor, weights, step=step)
    return [RefundPart(line.id, part) for line, part in zip(lines, shares, strict=True) if part]
