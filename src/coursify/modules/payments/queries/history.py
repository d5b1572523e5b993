"""The SQL of the facts of one payment with their times."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_one
from coursify.modules.payments.models.history import DisputeHistory, IntentStep, OrderHistory, ProposalHistory


async def get_order_history(db: Connection, order_id: UUID) -> OrderHistory:
    return await fetch_one(
        db,
        OrderHistory,
        """
        SELECT id, status, currency, list_price_minor, discount_minor, total_minor, needs_review, created_at, paid_at,
               closed_at, expires_at
        FROM orders WHERE id = %(order_id)s
        """,
        order_id=order_id,
    )


async def list_intent_steps(db: Connection, payment_id: UUID) -> list[IntentStep]:
    """Oldest first."""
    return await fetch_all(
        db,
        IntentStep,
        "SELECT intent_status, rank, at FROM payment_status_history WHERE payment_id = %(payment_id)s ORDER BY seq",
        payment_id=payment_id,
    )


async def list_disputes(db: Connection, payment_id: UUID) -> list[DisputeHistory]:
    """Oldest first."""
    return await fetch_all(
        db,
        DisputeHistory,
        """
        SELECT id, provider_dispute_id, status, amount_minor, currency, opened_at, updated_at FROM disputes
        WHERE payment_id = %(payment_id)s ORDER BY opened_at, id
        """,
        payment_id=payment_id,
    )


async def list_proposals(db: Connection, payment_id: UUID) -> list[ProposalHistory]:
    """Oldest first."""
    return await fetch_all(
        db,
        ProposalHistory,
        """
        SELECT id, action, amount_minor, currency, proposed_by, proposed_at, confirmed_by, settled_at
        FROM refund_proposals WHERE payment_id = %(payment_id)s ORDER BY proposed_at, id
        """,
        payment_id=payment_id,
    )
