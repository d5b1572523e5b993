"""Decides about money of a wrong amount: accept it as the price, return it, or note that it was returned elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.models.proposals import MoneyDecision, RefundProposal
from coursify.modules.payments.models.refunds import Refund
from coursify.modules.payments.queries import orders, payments
from coursify.modules.payments.services.accept_held_money import accept_held_money
from coursify.modules.payments.services.close_order import close_order
from coursify.modules.payments.services.require_second_admin import require_second_admin, settle_proposal
from coursify.modules.payments.services.return_held_money import return_held_money
from coursify.modules.payments.services.withdraw_proposals import ABOUT_HELD_MONEY, withdraw_proposals


async def decide_held_money(
    db: Connection,
    *,
    caller: Caller,
    payment_id: UUID,
    action: Literal["accept", "return", "dismiss"],
    two_person_limits: Mapping[str, int],
    now: datetime,
) -> None:
    """Locks order and payment. Raises SecondAdminNeeded, and what accept_held_money and return_held_money raise."""
    known = await payments.get_payment(db, payment_id)
    await orders.lock_order(db, known.order_id)
    payment = await payments.lock_payment(db, payment_id)
    refund: Refund | None = None
    proposal: RefundProposal | None = None
    if action == "dismiss":
        await close_order(db, order_id=payment.order_id, now=now)
    else:
        proposal = await _agree(db, payment, action, caller, two_person_limits, now)
    if action == "accept":
        await accept_held_money(db, payment=payment, accepted_by=caller.user_id, now=now)
    if action == "return":
        refund = await return_held_money(db, payment=payment, returned_by=caller.user_id, now=now)
    if proposal:
        await settle_proposal(db, proposal=proposal, refund=refund, now=now)
    await withdraw_proposals(db, payment_id=payment.id, actions=ABOUT_HELD_MONEY, now=now)


async def _agree(
    db: Connection,
    payment: Payment,
    action: Literal["accept", "return"],
    caller: Caller,
    two_person_limits: Mapping[str, int],
    now: datetime,
) -> RefundProposal | None:
    """A return gives away what is left of the money, an acceptance what is missing from the price."""
    if action == "return":
        left = payment.amount_received_minor - payment.claimed_minor
        decision = MoneyDecision(payment, action, left, payment.received.currency)
    else:
        missing = payment.amount_minor - payment.amount_received_minor
        decision = MoneyDecision(payment, action, missing, payment.currency)
    if decision.amount_minor <= 0:
        return None
    return await require_second_admin(db, decision, caller=caller, two_person_limits=two_person_limits, now=now)
