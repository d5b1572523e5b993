"""The foundations' SQL: idempotent answers, letters, the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from coursify.core.database import Connection, execute, fetch_optional, fetch_value, find_value

DeliveryState = Literal["queued", "sending", "accepted", "suppressed", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An Idempotency-Key's row: what was asked under it and, once done, what was answered (sealed)."""

    request_hash: bytes
    state: Literal["in_progress", "done"]
    leased_until: datetime
    response_status: int | None
    response_body: bytes | None
    response_etag: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    id: UUID
    message_key: str
    kind: str
    subject_id: UUID
    user_id: UUID | None
    state: DeliveryState
    reason: str | None


async def take_idempotency_key(
    db: Connection,
    *,
    user_id: UUID,
    route: str,
    key: str,
    request_hash: bytes,
    leased_until: datetime,
    now: datetime,
) -> KeptAnswer | None:
    """Take a free key, or one whose day is over or whose lease ran out on the same request; None if it was not free."""
    return await fetch_optional(
        db,
        KeptAnswer,
        """
        INSERT INTO idempotency_keys AS kept
            (user_id, route, key, request_hash, state, leased_until, created_at)
        VALUES (%(user_id)s, %(route)s, %(key)s, %(request_hash)s, 'in_progress', %(leased_until)s, %(now)s)
        ON CONFLICT (user_id, route, key) DO UPDATE SET
            request_hash = EXCLUDED.request_hash, state = 'in_progress', leased_until = EXCLUDED.leased_until,
            response_status = NULL, response_body = NULL, response_etag = NULL, created_at = EXCLUDED.created_at
        WHERE kept.created_at < EXCLUDED.created_at - interval '24 hours'
           OR (kept.state = 'in_progress' AND kept.leased_until < EXCLUDED.created_at
               AND kept.request_hash = EXCLUDED.request_hash)
        RETURNING request_hash, state, leased_until, response_status, response_body, response_etag, created_at
        """,
        user_id=user_id,
        route=route,
        key=key,
        request_hash=request_hash,
        leased_until=leased_until,
        now=now,
    )


async def find_kept_answer(db: Connection, *, user_id: UUID, route: str, key: str) -> KeptAnswer | None:
    return await fetch_optional(
        db,
        KeptAnswer,
        """
        SELECT request_hash, state, leased_until, response_status, response_body, response_etag, created_at
        FROM idempotency_keys WHERE user_id = %(user_id)s AND route = %(route)s AND key = %(key)s
        """,
        user_id=user_id,
        route=route,
        key=key,
    )


async def keep_answer(
    db: Connection,
    *,
    user_id: UUID,
    route: str,
    key: str,
    leased_until: datetime,
    status: int,
    body: bytes,
    etag: str | None,
) -> int:
    """Store the answer under the lease that was taken; 0 rows when another attempt has taken the key over."""
    return await execute(
        db,
        """
        UPDATE idempotency_keys
        SET state = 'done', response_status = %(status)s, response_body = %(body)s, response_etag = %(etag)s
        WHERE user_id = %(user_id)s AND route = %(route)s AND key = %(key)s
          AND state = 'in_progress' AND leased_until = %(leased_until)s
        """,
        user_id=user_id,
        route=route,
        key=key,
        leased_until=leased_until,
        status=status,
        body=body,
        etag=etag,
    )


async def release_idempotency_key(
    db: Connection, *, user_id: UUID, route: str, key: str, leased_until: datetime
) -> int:
    """Free a key whose answer is not kept, so that the client may try again at once."""
    return await execute(
        db,
        """
        DELETE FROM idempotency_keys
        WHERE user_id = %(user_id)s AND route = %(route)s AND key = %(key)s
          AND state = 'in_progress' AND leased_until = %(leased_until)s
        """,
        user_id=user_id,
        route=route,
        key=key,
        leased_until=leased_until,
    )


async def delete_old_answers(db: Connection, *, now: datetime) -> int:
    return await execute(db, "DELETE FROM idempotency_keys WHERE created_at < %(now)s - interval '24 hours'", now=now)


async def delete_answers_of(db: Connection, user_id: UUID) -> int:
    return await execute(db, "DELETE FROM idempotency_keys WHERE user_id = %(user_id)s", user_id=user_id)


async def insert_audit(
    db: Connection,
    *,
    actor_id: UUID | None,
    action: str,
    target_type: str,
    target_id: UUID,
    details: Jsonb,
    request_id: str | None,
) -> int:
    return await execute(
        db,
        """
        INSERT INTO audit_log (actor_id, action, target_type, target_id, details, request_id)
        VALUES (%(actor_id)s, %(action)s, %(target_type)s, %(target_id)s, %(details)s, %(request_id)s)
        """,
        actor_id=actor_id,
        action=action,
        target_type=target_type,
        target_id=target_id,
        details=details,
        request_id=request_id,
    )


async def insert_delivery(
    db: Connection, *, message_key: str, kind: str, subject_id: UUID, user_id: UUID | None, now: datetime
) -> UUID | None:
    """The new letter's id, or None when a letter with this key exists already."""
    return await find_value(
        db,
        UUID,
        """
        INSERT INTO email_deliveries (message_key, kind, subject_id, user_id, created_at)
        VALUES (%(message_key)s, %(kind)s, %(subject_id)s, %(user_id)s, %(now)s)
        ON CONFLICT (message_key) DO NOTHING
        RETURNING id
        """,
        message_key=message_key,
        kind=kind,
        subject_id=subject_id,
        user_id=user_id,
        now=now,
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


async def set_delivery_state(
    db: Connection,
    delivery_id: UUID,
    *,
    state: DeliveryState,
    now: datetime,
    provider_message_id: str | None = None,
    reason: str | None = None,
) -> int:
    return await execute(
        db,
        """
        UPDATE email_deliveries SET
            state = %(state)s,
            attempts = attempts + CASE WHEN %(state)s = 'sending' THEN 1 ELSE 0 END,
            provider_message_id = coalesce(%(provider_message_id)s, provider_message_id),
            reason = %(reason)s,
            settled_at = CASE WHEN %(state)s IN ('queued', 'sending') THEN NULL ELSE %(now)s::timestamptz END
        WHERE id = %(delivery_id)s
        """,
        delivery_id=delivery_id,
        state=state,
        now=now,
        provider_message_id=provider_message_id,
        reason=reason,
    )


async def ping(db: Connection) -> int:
    return await fetch_value(db, int, "SELECT 1")


async def find_schema_revision(db: Connection) -> str | None:
    return await find_value(db, str, "SELECT version_num FROM alembic_version")
