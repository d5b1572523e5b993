"""Shows what a refund would do to money, access and shares. Nothing is stored, and the provider is not asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.ledger.models import share_returned
from coursify.modules.payments.models.payments import PreviewLine, RefundPreview
from coursify.modules.payments.policies import can_refund_alone, two_person_limit
from coursify.modules.payments.pricing import ledger_parts
from coursify.modules.payments.queries import refunds
from coursify.modules.payments.services.plan_refund import plan_refund


async def preview_refund(
    db: Connection,
    *,
    caller: Caller,
    payment_id: UUID,
    course_id: UUID | None,
    amount_minor: int | None,
    two_person_limits: Mapping[str, int],
    now: datetime,
) -> RefundPreview:
    """Raises what asking for this refund would raise, but for step-up and a second admin."""
    plan = await plan_refund(
        db,
        caller=caller,
        payment_id=payment_id,
        course_id=course_id,
        amount_minor=amount_minor,
        now=now,
        lock=False,
    )
    amounts = {part.order_line_id: part.amount_minor for part in plan.parts}
    returned = {line.id: line.refunded_minor + line.disputed_minor for line in plan.lines}
    parts = ledger_parts(plan.lines, amounts, plan.payment.currency, returned=returned)
    moved = {part.order_line_id: part for part in parts}
    lines = []
    for line in plan.lines:
        if line.id in moved:
            part, instructor = moved[line.id], share_returned(moved[line.id])
            ends = line.refunded_minor + part.amount_minor >= line.paid_minor
            rest = part.amount_minor - instructor
            lines.append(PreviewLine(line, part.amount_minor, ends, instructor, rest))
    limit = two_person_limit(plan.payment.currency, two_person_limits)
    asked = await refunds.sum_asked_alone(db, plan.payment.id)
    is_enough = can_refund_alone(plan.amount_minor, asked_minor=asked, limit_minor=limit)
    return RefundPreview(plan.payment, plan.amount_minor, lines, caller.is_admin and not is_enough)
