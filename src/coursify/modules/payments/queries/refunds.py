"""The SQL of refunds and disputes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional, fetch_value, fetch_values
from coursify.modules.payments.errors import RefundNotFound
from coursify.modules.payments.models.refunds import Refund, RefundCause, RefundPart, RefundStatus

_REFUND = """id, payment_id, status, cause, attempt, amount_minor, currency, reason, requested_by, requested_by_admin,
    provider_refund_id, failure, settled_by, fetch_number, created_at, settled_at"""


async def insert_refund(
    db: Connection,
    *,
    payment_id: UUID,
    cause: RefundCause,
    amount_minor: int,
    currency: str,
    reason: str | None,
    requested_by: UUID | None,
    requested_by_admin: bool,
    provider_refund_id: str | None,
    now: datetime,
) -> Refund:
    """`now` is when it was made, at the provider for a refund that was made there."""
    return await fetch_one(
        db,
        Refund,
        f"""
        INSERT INTO refunds (payment_id, status, cause, amount_minor, currency, reason, requested_by,
                             requested_by_admin, provider_refund_id, created_at, updated_at)
        VALUES (%(payment_id)s, 'requested', %(cause)s, %(amount_minor)s, %(currency)s, %(reason)s, %(requested_by)s,
                %(requested_by_admin)s, %(provider_refund_id)s, %(now)s, %(now)s)
        RETURNING {_REFUND}
        """,
        payment_id=payment_id,
        cause=cause,
        amount_minor=amount_minor,
        currency=currency,
        reason=reason,
        requested_by=requested_by,
        requested_by_admin=requested_by_admin,
        provider_refund_id=provider_refund_id,
        now=now,
    )


async def insert_refund_parts(db: Connection, *, refund_id: UUID, parts: list[RefundPart]) -> int:
    """What a refund of ours is asked for of each line."""
    return await execute(
        db,
        """
        INSERT INTO refund_lines (refund_id, order_line_id, amount_minor, asked_minor)
        SELECT %(refund_id)s, line, amount, amount
        FROM unnest(%(lines)s::uuid[], %(amounts)s::bigint[]) AS part (line, amount)
        """,
        refund_id=refund_id,
        lines=[part.order_line_id for part in parts],
        amounts=[part.amount_minor for part in parts],
    )


async def get_refund(db: Connection, refund_id: UUID) -> Refund:
    found = await fetch_optional(
        db, Refund, f"SELECT {_REFUND} FROM refunds WHERE id = %(refund_id)s", refund_id=refund_id
    )
    if found is None:
        raise RefundNotFound
    return found


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


async def list_refunds_of_payments(db: Connection, payment_ids: list[UUID]) -> list[Refund]:
    """The refunds of several payments at once, oldest first."""
    return await fetch_all(
        db,
        Refund,
        f"SELECT {_REFUND} FROM refunds WHERE payment_id = ANY(%(payment_ids)s) ORDER BY id",
        payment_ids=payment_ids,
    )


async def list_refund_parts(db: Connection, refund_id: UUID) -> list[RefundPart]:
    return await fetch_all(
        db,
        RefundPart,
        """
        SELECT order_line_id, amount_minor FROM refund_lines
        WHERE refund_id = %(refund_id)s AND amount_minor > 0 ORDER BY order_line_id
        """,
        refund_id=refund_id,
    )


async def list_lines_returned_as_duplicates(db: Connection, order_line_ids: list[UUID]) -> list[UUID]:
    """For which of these lines a refund was requested because the course was paid twice, whatever became of it."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT DISTINCT order_line_id FROM refund_lines JOIN refunds ON refunds.id = refund_id
        WHERE order_line_id = ANY(%(order_line_ids)s) AND refunds.cause = 'duplicate' AND asked_minor > 0
        """,
        order_line_ids=order_line_ids,
    )


async def set_refund_status(
    db: Connection,
    refund_id: UUID,
    *,
    status: RefundStatus,
    provider_refund_id: str | None,
    failure: str | None,
    fetch_number: int | None,
    now: datetime,
) -> Refund:
    return await fetch_one(
        db,
        Refund,
        f"""
        UPDATE refunds SET status = %(status)s, failure = %(failure)s, updated_at = %(now)s,
            fetch_number = greatest(fetch_number, %(fetch_number)s::bigint),
            provider_refund_id = coalesce(provider_refund_id, %(provider_refund_id)s),
            settled_at = CASE WHEN %(status)s IN ('succeeded', 'failed') THEN %(now)s::timestamptz END
        WHERE id = %(refund_id)s RETURNING {_REFUND}
        """,
        refund_id=refund_id,
        status=status,
        provider_refund_id=provider_refund_id,
        failure=failure,
        fetch_number=fetch_number,
        now=now,
    )


async def start_next_attempt(db: Connection, refund_id: UUID, *, after: int) -> int:
    """A new key at the provider for this refund; 0 rows when somebody has started it already."""
    return await execute(
        db,
        "UPDATE refunds SET attempt = attempt + 1 WHERE id = %(refund_id)s AND attempt = %(after)s",
        refund_id=refund_id,
        after=after,
    )


async def set_settled_by(db: Connection, refund_id: UUID, *, settled_by: UUID) -> int:
    """This refund was paid back otherwise than through the provider; an admin says so."""
    return await execute(
        db,
        "UPDATE refunds SET settled_by = %(settled_by)s WHERE id = %(refund_id)s",
        refund_id=refund_id,
        settled_by=settled_by,
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


async def list_known_provider_ids(db: Connection, *, provider_refund_ids: list[str], status: RefundStatus) -> list[str]:
    """Which of these of the provider's refunds we know with this status."""
    return await fetch_values(
        db,
        str,
        """
        SELECT known.id FROM unnest(%(provider_refund_ids)s::text[]) AS known (id)
        JOIN refunds ON provider_refund_id = known.id WHERE status = %(status)s
        """,
        provider_refund_ids=provider_refund_ids,
        status=status,
    )
