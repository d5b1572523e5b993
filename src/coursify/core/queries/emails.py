"""The outbox of emails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_optional, find_value
from coursify.core.queries.queued_jobs import job_row

DeliveryState = Literal["queued", "sending", "accepted", "suppressed", "failed", "unknown", "undelivered"]


@dataclass(frozen=True, slots=True)
class Delivery:
    id: UUID
    message_key: str
    kind: str
    subject_id: UUID
    user_id: UUID | None
    state: DeliveryState
    reason: str | None


@dataclass(frozen=True, slots=True)
class SentDelivery:
    id: UUID
    kind: str
    user_id: UUID | None
    state: DeliveryState
    provider_message_id: str | None


async def insert_delivery(
    db: Connection,
    *,
    message_key: str,
    kind: str,
    subject_id: UUID,
    user_id: UUID | None,
    job: str,
    queue: str,
    lock: str | None,
    now: datetime,
) -> list[int] | None:
    """Store a new email with the job that sends it. Returns None when an email with this key exists."""
    return await find_value(
        db,
        list[int],
        f"""
        WITH stored AS (
            INSERT INTO email_deliveries (message_key, kind, subject_id, user_id, created_at)
            VALUES (%(message_key)s, %(kind)s, %(subject_id)s, %(user_id)s, %(now)s)
            ON CONFLICT (message_key) DO NOTHING
            RETURNING id
        )
        SELECT procrastinate_defer_jobs_v1(ARRAY[{job_row("jsonb_build_object('delivery_id', id)")}]) FROM stored
        """,
        message_key=message_key,
        kind=kind,
        subject_id=subject_id,
        user_id=user_id,
        job=job,
        queue=queue,
        lock=lock,
        now=now,
    )


async def requeue_delivery(db: Connection, delivery_id: UUID) -> int:
    """Queue an email whose state is failed, unknown or undelivered; returns 0 when it has another state."""
    return await execute(
        db,
        """
        UPDATE email_deliveries SET state = 'queued', reason = NULL, settled_at = NULL, provider_message_id = NULL
        WHERE id = %(delivery_id)s AND state IN ('failed', 'unknown', 'undelivered')
        """,
        delivery_id=delivery_id,
    )


async def lock_delivery(db: Connection, delivery_id: UUID) -> Delivery | None:
    return await fetch_optional(
        db,
        Delivery,
        """
        SELECT id, message_key, kind, subject_id, user_id, state, reason
        FROM email_deliveries WHERE id = %(delivery_id)s FOR NO KEY UPDATE
        """,
        delivery_id=delivery_id,
    )


async def lock_delivery_by_key(db: Connection, message_key: str) -> SentDelivery | None:
    return await fetch_optional(
        db,
        SentDelivery,
        """
        SELECT id, kind, user_id, state, provider_message_id
        FROM email_deliveries WHERE message_key = %(message_key)s FOR NO KEY UPDATE
        """,
        message_key=message_key,
    )


async def mark_undelivered(db: Connection, delivery_id: UUID, *, reason: str, now: datetime) -> int:
    """0 when the email is queued again, was never sent, or is marked already."""
    return await execute(
        db,
        """
        UPDATE email_deliveries SET state = 'undelivered', reason = %(reason)s, settled_at = %(now)s
        WHERE id = %(delivery_id)s AND state IN ('sending', 'accepted', 'unknown')
        """,
        delivery_id=delivery_id,
        reason=reason,
        now=now,
    )


async def set_delivery_state(
    db: Connection,
    delivery_id: UUID,
    *,
    state: DeliveryState,
    now: datetime,
    provider_message_id: str | None = None,
    reason: str | None = None,
) -> int:
    """A settled email keeps its state, so that a worker that was paused cannot overwrite it."""
    return await execute(
        db,
        """
        UPDATE email_deliveries SET
            state = %(state)s,
            attempts = attempts + CASE WHEN %(state)s = 'sending' THEN 1 ELSE 0 END,
            provider_message_id = coalesce(%(provider_message_id)s, provider_message_id),
            reason = %(reason)s,
            settled_at = CASE WHEN %(state)s IN ('queued', 'sending') THEN NULL ELSE %(now)s::timestamptz END
        WHERE id = %(delivery_id)s AND email_deliveries.state IN ('queued', 'sending')
        """,
        delivery_id=delivery_id,
        state=state,
        now=now,
        provider_message_id=provider_message_id,
        reason=reason,
    )
