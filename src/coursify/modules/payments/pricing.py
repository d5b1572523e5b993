"""How an amount is taken from lines: pure, exact to the smallest unit."""

from __future__ import annotations

from uuid import UUID

from coursify.core.money import split_by_weight
from coursify.modules.ledger.models import Part
from coursify.modules.payments.models import OrderLine, RefundPart


def spread_refund(lines: list[OrderLine], amount_minor: int) -> list[RefundPart]:
    """Take the amount from what is left of each line, in proportion, by largest remainder."""
    parts = split_by_weight(amount_minor, [line.refundable_minor for line in lines])
    return [RefundPart(line.id, part) for line, part in zip(lines, parts, strict=True) if part]


def ledger_parts(lines: list[OrderLine], amounts: dict[UUID, int], currency: str) -> list[Part]:
    """What moves of each line, with the share that was frozen on it."""
    return [
        Part(line.id, line.instructor_id, line.instructor_share_bp, amounts[line.id], currency)
        for line in lines
        if amounts.get(line.id)
    ]
