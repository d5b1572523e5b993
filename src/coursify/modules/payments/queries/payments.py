"""The SQL of payments: what the provider said, and when we asked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional, fetch_value, find_value
from coursify.core.gateways import IntentFact
from coursify.modules.payments.errors import PaymentNotFound
from coursify.modules.payments.models import Payment

_PAYMENT = """
    p.id, p.order_id, p.user_id, p.provider_payment_id, p.attempt, p.attempted_at, p.client_secret, p.intent_status,
    p.intent_rank, p.amount_minor, p.amount_received_minor, p.currency, p.last_error_code, p.last_error_message,
    p.received_at, p.created_at, o.status AS order_status,
    (SELECT coalesce(sum(amount_minor), 0) FROM refunds
     WHERE payment_id = p.id AND status = 'succeeded')::bigint AS refunded_minor,
    EXISTS (SELECT FROM disputes WHERE payment_id = p.id AND status = 'open') AS has_open_dispute,
    EXISTS (SELECT FROM disputes WHERE payment_id = p.id AND status = 'lost') AS has_lost_dispute
    FROM payments p JOIN orders o ON o.id = p.order_id
"""


async def insert_payment(
    db: Connection, *, order_id: UUID, user_id: UUID, amount_minor: int, currency: str, now: datetime
) -> UUID:
    return await fetch_value(
        db,
        UUID,
        """
        INSERT INTO payments (order_id, user_id, amount_minor, currency, created_at, updated_at)
        VALUES (%(order_id)s, %(user_id)s, %(amount_minor)s, %(currency)s, %(now)s, %(now)s) RETURNING id
        """,
        order_id=order_id,
        user_id=user_id,
        amount_minor=amount_minor,
        currency=currency,
        now=now,
    )


async def find_payment(db: Connection, payment_id: UUID) -> Payment | None:
    return await fetch_optional(db, Payment, f"SELECT {_PAYMENT} WHERE p.id = %(payment_id)s", payment_id=payment_id)


async def get_payment(db: Connection, payment_id: UUID) -> Payment:
    found = await find_payment(db, payment_id)
    if found is None:
        raise PaymentNotFound
    return found


async def get_payment_of_order(db: Connection, order_id: UUID) -> Payment:
    return await fetch_one(db, Payment, f"SELECT {_PAYMENT} WHERE p.order_id = %(order_id)s", order_id=order_id)


async def find_payment_by_provider_id(db: Connection, provider_payment_id: str) -> Payment | None:
    return await fetch_optional(
        db,
        Payment,
        f"SELECT {_PAYMENT} WHERE p.provider_payment_id = %(provider_payment_id)s",
        provider_payment_id=provider_payment_id,
    )


async def lock_payment(db: Connection, payment_id: UUID) -> Payment:
    """The payment, locked; lock its order first."""
    return await fetch_one(
        db,
        Payment,
        f"SELECT {_PAYMENT} WHERE p.id = %(payment_id)s FOR NO KEY UPDATE OF p",
        payment_id=payment_id,
    )


async def claim_intent(db: Connection, *, order_id: UUID, now: datetime, until: datetime) -> Payment | None:
    """The right to call the provider for an order without an intent; None while someone else has it."""
    claimed = await find_value(
        db,
        UUID,
        """
        UPDATE payments SET claimed_until = %(until)s, attempted_at = coalesce(attempted_at, %(now)s),
                            updated_at = %(now)s
        WHERE order_id = %(order_id)s AND provider_payment_id IS NULL
          AND (claimed_until IS NULL OR claimed_until < %(now)s)
        RETURNING id
        """,
        order_id=order_id,
        now=now,
        until=until,
    )
    return await get_payment(db, claimed) if claimed else None


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


async def apply_fact(db: Connection, payment_id: UUID, *, fact: IntentFact, rank: int, now: datetime) -> int:
    """Take over what the provider says, unless we know something later; 0 rows then."""
    return await execute(
        db,
        """
        UPDATE payments SET
            intent_status = %(status)s, intent_rank = %(rank)s, amount_received_minor = %(received)s,
            last_error_code = %(error_code)s, last_error_message = %(error_message)s,
            received_at = CASE WHEN %(rank)s = 2 THEN coalesce(received_at, %(now)s::timestamptz) END,
            client_secret = CASE WHEN %(rank)s = 0 THEN client_secret END, updated_at = %(now)s
        WHERE id = %(payment_id)s AND intent_rank <= %(rank)s
        """,
        payment_id=payment_id,
        status=fact.status,
        rank=rank,
        received=fact.received.minor if rank == 2 else 0,
        error_code=fact.error_code,
        error_message=fact.error_message,
        now=now,
    )


async def insert_status(db: Connection, payment_id: UUID, *, status: str, rank: int, now: datetime) -> int:
    """One more step in the payment's history; the caller holds its lock."""
    return await execute(
        db,
        """
        INSERT INTO payment_status_history (payment_id, seq, intent_status, rank, at)
        SELECT %(payment_id)s, coalesce(max(seq), 0) + 1, %(status)s, %(rank)s, %(now)s
        FROM payment_status_history WHERE payment_id = %(payment_id)s
        """,
        payment_id=payment_id,
        status=status,
        rank=rank,
        now=now,
    )


async def claim_question(db: Connection, payment_id: UUID, *, now: datetime, last: datetime) -> int:
    """The right to ask the provider about an open payment: 0 rows when it was asked since `last`."""
    return await execute(
        db,
        """
        UPDATE payments SET asked_at = %(now)s
        WHERE id = %(payment_id)s AND intent_rank = 0 AND provider_payment_id IS NOT NULL
          AND (asked_at IS NULL OR asked_at <= %(last)s)
        """,
        payment_id=payment_id,
        now=now,
        last=last,
    )


async def list_payments(
    db: Connection, *, user_id: UUID | None, limit: int, offset: int, before: UUID | None
) -> list[Payment]:
    """Newest first; of one person, or of everybody."""
    conditions = [
        *(["p.user_id = %(user_id)s"] if user_id else []),
        *(["p.id < %(before)s"] if before else []),
    ]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return await fetch_all(
        db,
        Payment,
        f"SELECT {_PAYMENT} {where} ORDER BY p.id DESC LIMIT %(limit)s OFFSET %(offset)s",
        user_id=user_id,
        limit=limit,
        offset=offset,
        before=before,
    )


async def count_payments(db: Connection, *, user_id: UUID | None, cap: int) -> int:
    where = "WHERE user_id = %(user_id)s" if user_id else ""
    return await fetch_value(
        db,
        int,
        f"SELECT count(*) FROM (SELECT FROM payments {where} LIMIT %(cap)s + 1) AS counted",
        user_id=user_id,
        cap=cap,
    )
