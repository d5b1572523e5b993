"""The SQL of refunds and disputes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional, fetch_value
from coursify.modules.payments.models import Dispute, Refund, RefundPart, RefundStatus

_REFUND = """id, payment_id, status, amount_minor, currency, reason, requested_by, requested_by_admin,
    provider_refund_id, failure, created_at, settled_at"""


async def insert_refund(
    db: Connection,
    *,
    payment_id: UUID,
    amount_minor: int,
    currency: str,
    reason: str | None,
    requested_by: UUID | None,
    requested_by_admin: bool,
    provider_refund_id: str | None,
    now: datetime,
) -> Refund:
    return await fetch_one(
        db,
        Refund,
        f"""
        INSERT INTO refunds (payment_id, status, amount_minor, currency, reason, requested_by, requested_by_admin,
                             provider_refund_id, created_at, updated_at)
        VALUES (%(payment_id)s, 'requested', %(amount_minor)s, %(currency)s, %(reason)s, %(requested_by)s,
                %(requested_by_admin)s, %(provider_refund_id)s, %(now)s, %(now)s)
        RETURNING {_REFUND}
        """,
        payment_id=payment_id,
        amount_minor=amount_minor,
        currency=currency,
        reason=reason,
        requested_by=requested_by,
        requested_by_admin=requested_by_admin,
        provider_refund_id=provider_refund_id,
        now=now,
    )


async def insert_refund_parts(db: Connection, *, refund_id: UUID, parts: list[RefundPart]) -> int:
    return await execute(
        db,
        """
        INSERT INTO refund_lines (refund_id, order_line_id, amount_minor)
        SELECT %(refund_id)s, line, amount FROM unnest(%(lines)s::uuid[], %(amounts)s::bigint[]) AS part (line, amount)
        """,
        refund_id=refund_id,
        lines=[part.order_line_id for part in parts],
        amounts=[part.amount_minor for part in parts],
    )


async def find_refund(db: Connection, refund_id: UUID) -> Refund | None:
    return await fetch_optional(
        db, Refund, f"SELECT {_REFUND} FROM refunds WHERE id = %(refund_id)s", refund_id=refund_id
    )


async def find_refund_by_provider_id(db: Connection, provider_refund_id: str) -> Refund | None:
    return await fetch_optional(
        db,
        Refund,
        f"SELECT {_REFUND} FROM refunds WHERE provider_refund_id = %(provider_refund_id)s",
        provider_refund_id=provider_refund_id,
    )


async def list_refunds(db: Connection, payment_id: UUID) -> list[Refund]:
    return await fetch_all(
        db,
        Refund,
        f"SELECT {_REFUND} FROM refunds WHERE payment_id = %(payment_id)s ORDER BY id",
        payment_id=payment_id,
    )


async def list_refund_parts(db: Connection, refund_id: UUID) -> list[RefundPart]:
    return await fetch_all(
        db,
        RefundPart,
        """
        SELECT order_line_id, amount_minor FROM refund_lines WHERE refund_id = %(refund_id)s ORDER BY order_line_id
        """,
        refund_id=refund_id,
    )


async def set_refund_status(
    db: Connection,
    refund_id: UUID,
    *,
    status: RefundStatus,
    provider_refund_id: str | None,
    failure: str | None,
    now: datetime,
) -> Refund:
    return await fetch_one(
        db,
        Refund,
        f"""
        UPDATE refunds SET status = %(status)s, failure = %(failure)s, updated_at = %(now)s,
            provider_refund_id = coalesce(provider_refund_id, %(provider_refund_id)s),
            settled_at = CASE WHEN %(status)s IN ('succeeded', 'failed') THEN %(now)s::timestamptz END
        WHERE id = %(refund_id)s RETURNING {_REFUND}
        """,
        refund_id=refund_id,
        status=status,
        provider_refund_id=provider_refund_id,
        failure=failure,
        now=now,
    )


async def upsert_dispute(
    db: Connection,
    *,
    payment_id: UUID,
    provider_dispute_id: str,
    status: str,
    amount_minor: int,
    opened_at: datetime,
    now: datetime,
) -> Dispute:
    """One row for each of the provider's disputes, overwritten by the fetched truth."""
    return await fetch_one(
        db,
        Dispute,
        """
        INSERT INTO disputes (payment_id, provider_dispute_id, status, amount_minor, opened_at, updated_at)
        VALUES (%(payment_id)s, %(provider_dispute_id)s, %(status)s, %(amount_minor)s, %(opened_at)s, %(now)s)
        ON CONFLICT (provider_dispute_id) DO UPDATE SET
            status = EXCLUDED.status, amount_minor = EXCLUDED.amount_minor, updated_at = EXCLUDED.updated_at
        RETURNING id, payment_id, provider_dispute_id, status, amount_minor
        """,
        payment_id=payment_id,
        provider_dispute_id=provider_dispute_id,
        status=status,
        amount_minor=amount_minor,
        opened_at=opened_at,
        now=now,
    )


async def sum_asked_alone(db: Connection, payment_id: UUID) -> int:
    """What admins asked back and did not fail, without what two of them agreed on."""
    return await fetch_value(
        db,
        int,
        """
        SELECT coalesce(sum(amount_minor), 0)::bigint FROM refunds
        WHERE payment_id = %(payment_id)s AND requested_by_admin AND status <> 'failed'
          AND NOT EXISTS (SELECT FROM refund_proposals
                          WHERE refund_proposals.refund_id = refunds.id AND confirmed_by IS NOT NULL)
        """,
        payment_id=payment_id,
    )


async def clear_reasons_of(db: Connection, user_id: UUID) -> int:
    """What an erased buyer wrote when asking for money back."""
    return await execute(
        db,
        """
        UPDATE refunds SET reason = NULL FROM payments
        WHERE payments.id = payment_id AND payments.user_id = %(user_id)s AND reason IS NOT NULL
        """,
        user_id=user_id,
    )


async def sum_claimed(db: Connection, payment_id: UUID) -> int:
    """What was asked back and did not fail."""
    return await fetch_value(
        db,
        int,
        """
        SELECT coalesce(sum(amount_minor), 0)::bigint FROM refunds
        WHERE payment_id = %(payment_id)s AND status <> 'failed'
        """,
        payment_id=payment_id,
    )
