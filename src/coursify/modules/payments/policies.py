"""May this person see this payment, give it back? Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from coursify.core.operations import Caller
from coursify.modules.payments.models import RefundProposal
from coursify.modules.users.models import User


def can_see_payment(caller: Caller, owner_id: UUID) -> bool:
    return caller.is_admin or caller.user_id == owner_id


def can_return(paid_at: datetime, *, refund_days: int, now: datetime) -> bool:
    """Whether a buyer may still give a purchase back by themselves."""
    return now <= paid_at + timedelta(days=refund_days)


def can_refund_alone(amount_minor: int, *, asked_minor: int, limit_minor: int | None) -> bool:
    """Whether one admin is enough: with all that admins asked back of this payment alone, it stays within the limit."""
    return limit_minor is None or asked_minor + amount_minor <= limit_minor


def can_confirm_refund(caller: Caller, proposal: RefundProposal, proposer: User | None, now: datetime) -> bool:
    """Two people, in time, and the first of them is an admin still."""
    is_admin_still = proposer is not None and proposer.is_active and proposer.role == "admin"
    return is_admin_still and caller.user_id != proposal.proposed_by and proposal.counts_at(now)
