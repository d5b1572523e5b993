"""The SQL of payments: what the provider says of an order."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional, fetch_value, find_value
from coursify.modules.payments.errors import PaymentNotFound
from coursify.modules.payments.gateway import IntentFact
from coursify.modules.payments.models.payments import Payment

PAYMENT = """
    payment.id, payment.order_id, payment.user_id, payment.provider_payment_id, payment.attempt, payment.attempted_at,
    payment.client_secret, payment.intent_status, payment.intent_rank, payment.amount_minor,
    payment.amount_received_minor, payment.received_currency, payment.currency, payment.last_error_code,
    payment.last_error_message, payment.received_at, payment.fetch_number, payment.created_at,
    purchase.status AS order_status, purchase.refund_days, purchase.paid_at,
    (SELECT coalesce(sum(amount_minor), 0) FROM refunds
     WHERE payment_id = payment.id AND status = 'succeeded'
       AND currency = coalesce(payment.received_currency, payment.currency))::bigint AS refunded_minor,
    (SELECT coalesce(sum(amount_minor), 0) FROM refunds
     WHERE payment_id = payment.id AND status <> 'failed'
       AND currency = coalesce(payment.received_currency, payment.currency))::bigint AS claimed_minor,
    (SELECT coalesce(sum(amount_minor), 0) FROM refunds
     WHERE payment_id = payment.id AND status IN ('pending', 'succeeded') AND provider_refund_id IS NOT NULL
       AND settled_by IS NULL
       AND currency = coalesce(payment.received_currency, payment.currency))::bigint AS provider_refunded_minor,
    EXISTS (SELECT FROM disputes WHERE payment_id = payment.id AND status = 'open') AS has_open_dispute,
    EXISTS (SELECT FROM disputes WHERE payment_id = payment.id AND status = 'lost') AS has_lost_dispute,
    payment.intent_rank = 2 AND purchase.status <> 'paid' AND (
        EXISTS (SELECT FROM attention_items
                WHERE kind = 'wrong_amount' AND object_type = 'payment' AND object_id = payment.id::text
                  AND resolved_at IS NULL)
        OR EXISTS (SELECT FROM attention_items JOIN refunds ON refunds.id::text = object_id
                   WHERE kind = 'refund_failed' AND object_type = 'refund' AND resolved_at IS NULL
                     AND refunds.payment_id = payment.id)) AS awaits_decision
    FROM payments AS payment JOIN orders AS purchase ON purchase.id = payment.order_id
"""


async def find_payment(db: Connection, payment_id: UUID) -> Payment | None:
    return await fetch_optional(
        db, Payment, f"SELECT {PAYMENT} WHERE payment.id = %(payment_id)s", payment_id=payment_id
    )


async def get_payment(db: Connection, payment_id: UUID) -> Payment:
    found = await find_payment(db, payment_id)
    if found is None:
        raise PaymentNotFound
    return found


async def find_payment_of_order(db: Connection, order_id: UUID) -> Payment | None:
    return await fetch_optional(
        db, Payment, f"SELECT {PAYMENT} WHERE payment.order_id = %(order_id)s", order_id=order_id
    )


async def get_payment_of_order(db: Connection, order_id: UUID) -> Payment:
    found = await find_payment_of_order(db, order_id)
    if found is None:
        raise PaymentNotFound
    return found


async def find_payment_by_provider_id(db: Connection, provider_payment_id: str) -> Payment | None:
    return await fetch_optional(
        db,
        Payment,
        f"SELECT {PAYMENT} WHERE payment.provider_payment_id = %(provider_payment_id)s",
        provider_payment_id=provider_payment_id,
    )


async def lock_payment(db: Connection, payment_id: UUID) -> Payment:
    """The payment, locked; lock its order first."""
    return await fetch_one(
        db,
        Payment,
        f"SELECT {PAYMENT} WHERE payment.id = %(payment_id)s FOR NO KEY UPDATE OF payment",
        payment_id=payment_id,
    )


async def apply_fact(
    db: Connection, payment_id: UUID, *, fact: IntentFact, rank: int, fetch_number: int, now: datetime
) -> int:
    """Take over what the provider says, unless we know something later; 0 rows then."""
    return await execute(
        db,
        """
        UPDATE payments SET
            intent_status = %(status)s, intent_rank = %(rank)s, amount_received_minor = %(received)s,
            received_currency = CASE WHEN %(rank)s = 2 THEN %(received_currency)s::text END,
            last_error_code = %(error_code)s, last_error_message = %(error_message)s,
            received_at = CASE WHEN %(rank)s = 2 THEN coalesce(received_at, %(now)s::timestamptz) END,
            client_secret = CASE WHEN %(rank)s = 0 THEN client_secret END,
            fetch_number = greatest(fetch_number, %(fetch_number)s), updated_at = %(now)s
        WHERE id = %(payment_id)s AND intent_rank <= %(rank)s
        """,
        payment_id=payment_id,
        status=fact.status,
        rank=rank,
        received=fact.received.minor if rank == 2 else 0,
        received_currency=fact.received.currency,
        error_code=fact.error_code,
        error_message=fact.error_message,
        fetch_number=fetch_number,
        now=now,
    )


async def next_fetch_number(db: Connection) -> int:
    """Taken before the provider is asked: of two answers about one thing, the one with the higher number counts."""
    return await fetch_value(db, int, "SELECT nextval('provider_fetch_number')")


async def insert_status(db: Connection, payment_id: UUID, *, status: str, rank: int, now: datetime) -> int:
    """One more step in the payment's history, by its number; the caller holds the payment's lock."""
    return await fetch_value(
        db,
        int,
        """
        INSERT INTO payment_status_history (payment_id, seq, intent_status, rank, at)
        SELECT %(payment_id)s, coalesce(max(seq), 0) + 1, %(status)s, %(rank)s, %(now)s
        FROM payment_status_history WHERE payment_id = %(payment_id)s
        RETURNING seq
        """,
        payment_id=payment_id,
        status=status,
        rank=rank,
        now=now,
    )


async def list_payments_by_provider_ids(db: Connection, provider_payment_ids: list[str]) -> list[Payment]:
    return await fetch_all(
        db,
        Payment,
        f"SELECT {PAYMENT} WHERE payment.provider_payment_id = ANY(%(provider_payment_ids)s) ORDER BY payment.id",
        provider_payment_ids=provider_payment_ids,
    )


async def list_known_intents(
    db: Connection, *, since: datetime, until: datetime, after_id: UUID, limit: int
) -> list[Payment]:
    """Payments whose intent the provider must know, made in that time, by id."""
    return await fetch_all(
        db,
        Payment,
        f"""
        SELECT {PAYMENT}
        WHERE payment.provider_payment_id IS NOT NULL AND payment.created_at >= %(since)s
          AND payment.created_at < %(until)s AND payment.id > %(after_id)s
        ORDER BY payment.id LIMIT %(limit)s
        """,
        since=since,
        until=until,
        after_id=after_id,
        limit=limit,
    )


async def find_first_moment(db: Connection) -> datetime | None:
    """When the first payment was made."""
    return await find_value(db, datetime, "SELECT created_at FROM payments ORDER BY created_at LIMIT 1")
