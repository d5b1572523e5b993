"""May this person see this payment, give it back? Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from coursify.core.operations import Caller


def can_see_payment(caller: Caller, owner_id: UUID) -> bool:
    return caller.is_admin or caller.user_id == owner_id


def can_return(paid_at: datetime, *, refund_days: int, now: datetime) -> bool:
    """Whether a buyer may still give a purchase back by themselves."""
    return now <= paid_at + timedelta(days=refund_days)
