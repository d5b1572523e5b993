"""The facts of one payment with their times, for the person who has to understand what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coursify.modules.payments.models.orders import OrderStatus
from coursify.modules.payments.models.proposals import ProposedAction
from coursify.modules.payments.models.refunds import DisputeStatus


@dataclass(frozen=True, slots=True)
class OrderHistory:
    """`needs_review` says why a person has to look at the order."""

    id: UUID
    status: OrderStatus
    currency: str
    list_price_minor: int
    discount_minor: int
    total_minor: int
    needs_review: str | None
    created_at: datetime
    paid_at: datetime | None
    closed_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class IntentStep:
    """A status that the intent had at the provider, and since when we know it."""

    intent_status: str
    rank: int
    at: datetime


@dataclass(frozen=True, slots=True)
class DisputeHistory:
    id: UUID
    provider_dispute_id: str
    status: DisputeStatus
    amount_minor: int
    currency: str
    opened_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ProposalHistory:
    """`settled_at` without a confirmation: it was withdrawn, or one admin was enough."""

    id: UUID
    action: ProposedAction
    amount_minor: int
    currency: str
    proposed_by: UUID
    proposed_at: datetime
    confirmed_by: UUID | None
    settled_at: datetime | None
