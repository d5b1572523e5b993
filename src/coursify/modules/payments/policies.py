"""May this person see this payment, give it back? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from coursify.core.caller import Caller
from coursify.modules.payments.models.orders import OrderLine
from coursify.modules.payments.models.payments import Payment
from coursify.modules.payments.models.proposals import RefundProposal
from coursify.modules.payments.models.refunds import Refundable, WhyNotRefundable
from coursify.modules.users.models import User


def can_see_payment(caller: Caller, owner_id: UUID) -> bool:
    return caller.is_admin or caller.user_id == owner_id


def can_return(paid_at: datetime, *, refund_days: int, now: datetime) -> bool:
    """Whether a buyer may still give a purchase back by themselves."""
    return now <= paid_at + timedelta(days=refund_days)


def two_person_limit(currency: str, limits: Mapping[str, int]) -> int | None:
    """The amount (minor units) up to which one admin is enough; None where nobody set limits.

    Once limits are set, a currency without one has 0: its refunds always take two, rather than never.
    """
    return limits.get(currency, 0) if limits else None


def can_refund_alone(amount_minor: int, *, asked_minor: int, limit_minor: int | None) -> bool:
    """Whether one admin is enough: with all that admins asked back of this payment alone, it stays within the limit."""
    return limit_minor is None or asked_minor + amount_minor <= limit_minor


def can_confirm_refund(caller: Caller, proposal: RefundProposal, proposer: User | None, now: datetime) -> bool:
    """Two people, in time, and the first of them is an admin still."""
    is_admin_still = proposer is not None and proposer.is_active and proposer.role == "admin"
    return is_admin_still and caller.user_id != proposal.proposed_by and proposal.counts_at(now)


def left_to_refund(payment: Payment, lines: list[OrderLine]) -> int:
    """What can be given back of these lines: no more than they hold, nor than the provider still has."""
    return min(payment.unclaimed_minor, sum(line.refundable_minor for line in lines))


def refundable_for(caller: Caller, payment: Payment, lines: list[OrderLine], now: datetime) -> Refundable:
    """What this caller may ask back now, and why it is nothing."""
    until = payment.refund_until
    reason: WhyNotRefundable | None = None
    left = left_to_refund(payment, lines)
    if payment.is_disputed:
        reason = "disputed"
    elif payment.is_on_hold:
        reason = "on_hold"
    elif payment.is_unallocated:
        reason = "nothing_left" if payment.refunded_minor else "not_paid"
    elif not payment.is_refundable_now:
        reason = "not_paid"
    elif left == 0:
        reason = "nothing_left"
    elif not caller.is_admin and until is not None and now > until:
        reason = "term_over"
    return Refundable(0 if reason else left, until, reason)
