"""The SQL of the right to ask the provider: who makes an order's intent, and who looks how it is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_optional
from coursify.modules.payments.models.payments import IntentClaim


async def claim_intent(db: Connection, payment_id: UUID, *, now: datetime, until: datetime) -> IntentClaim | None:
    """The right to make this payment's intent; None while someone else has it. The caller holds the order's lock."""
    return await fetch_optional(
        db,
        IntentClaim,
        """
        UPDATE payments SET claimed_until = %(until)s, attempted_at = coalesce(attempted_at, %(now)s),
                            updated_at = %(now)s
        FROM users AS person LEFT JOIN payment_customers AS customer ON customer.user_id = person.id
        WHERE payments.id = %(payment_id)s AND person.id = payments.user_id AND provider_payment_id IS NULL
          AND (claimed_until IS NULL OR claimed_until < %(now)s)
        RETURNING payments.id AS payment_id, order_id, payments.user_id, attempt,
                  coalesce(attempted_at, %(now)s) AS attempted_at,
                  payments.updated_at AS claimed_at, amount_minor, currency,
                  nextval('provider_fetch_number') AS fetch_number,
                  ARRAY(SELECT title FROM order_lines WHERE order_id = payments.order_id ORDER BY course_id) AS titles,
                  person.email, customer.provider_customer_id
        """,
        payment_id=payment_id,
        now=now,
        until=until,
    )


async def release_claim(db: Connection, payment_id: UUID, *, next_attempt: bool) -> int:
    """Give the right back; `next_attempt` starts a new provider key."""
    return await execute(
        db,
        """
        UPDATE payments SET claimed_until = NULL,
            attempt = attempt + CASE WHEN %(next_attempt)s THEN 1 ELSE 0 END,
            attempted_at = CASE WHEN %(next_attempt)s THEN NULL ELSE attempted_at END
        WHERE id = %(payment_id)s AND provider_payment_id IS NULL
        """,
        payment_id=payment_id,
        next_attempt=next_attempt,
    )


async def set_intent(
    db: Connection, payment_id: UUID, *, provider_payment_id: str, client_secret: bytes | None, now: datetime
) -> int:
    """Tie the payment to its intent, once; 0 rows when it has one."""
    return await execute(
        db,
        """
        UPDATE payments SET provider_payment_id = %(provider_payment_id)s, client_secret = %(client_secret)s,
                            claimed_until = NULL, updated_at = %(now)s
        WHERE id = %(payment_id)s AND provider_payment_id IS NULL
        """,
        payment_id=payment_id,
        provider_payment_id=provider_payment_id,
        client_secret=client_secret,
        now=now,
    )


async def claim_question(db: Connection, payment_id: UUID, *, now: datetime, last: datetime) -> int:
    """The right to ask the provider about an open payment: 0 rows when it was asked since `last`."""
    return await execute(
        db,
        """
        UPDATE payments SET asked_at = %(now)s
        WHERE id = %(payment_id)s AND intent_rank = 0 AND provider_payment_id IS NOT NULL
          AND (asked_at IS NULL OR asked_at <= %(last)s OR asked_at > %(now)s)
        """,
        payment_id=payment_id,
        now=now,
        last=last,
    )
