"""Idempotency keys and the responses that are stored under them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_optional


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """`response_body` is sealed; the response is None until the state is done."""

    request_hash: bytes
    state: Literal["in_progress", "done"]
    leased_until: datetime
    response_status: int | None
    response_body: bytes | None
    response_etag: str | None
    created_at: datetime


async def lease_key(
    db: Connection,
    *,
    user_id: UUID,
    route: str,
    key: str,
    request_hash: bytes,
    leased_until: datetime,
    now: datetime,
) -> IdempotencyKey | None:
    """Lease a key that is new, older than a day, or whose lease ran out on the same request; None when it is in use."""
    return await fetch_optional(
        db,
        IdempotencyKey,
        """
        INSERT INTO idempotency_keys AS present
            (user_id, route, key, request_hash, state, leased_until, created_at)
        VALUES (%(user_id)s, %(route)s, %(key)s, %(request_hash)s, 'in_progress', %(leased_until)s, %(now)s)
        ON CONFLICT (user_id, route, key) DO UPDATE SET
            request_hash = EXCLUDED.request_hash, state = 'in_progress', leased_until = EXCLUDED.leased_until,
            response_status = NULL, response_body = NULL, response_etag = NULL, created_at = EXCLUDED.created_at
        WHERE present.created_at < EXCLUDED.created_at - interval '24 hours'
           OR (present.state = 'in_progress' AND present.leased_until < EXCLUDED.created_at
               AND present.request_hash = EXCLUDED.request_hash)
        RETURNING request_hash, state, leased_until, response_status, response_body, response_etag, created_at
        """,
        user_id=user_id,
        route=route,
        key=key,
        request_hash=request_hash,
        leased_until=leased_until,
        now=now,
    )


async def find_key(db: Connection, *, user_id: UUID, route: str, key: str) -> IdempotencyKey | None:
    return await fetch_optional(
        db,
        IdempotencyKey,
        """
        SELECT request_hash, state, leased_until, response_status, response_body, response_etag, created_at
        FROM idempotency_keys WHERE user_id = %(user_id)s AND route = %(route)s AND key = %(key)s
        """,
        user_id=user_id,
        route=route,
        key=key,
    )


async def store_response(
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
    """Store the response while this lease is the current one; returns 0 when another request has leased the key."""
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


async def release_key(db: Connection, *, user_id: UUID, route: str, key: str, leased_until: datetime) -> int:
    """Delete a key without a response, so that the client can try again at once."""
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


async def delete_expired_keys(db: Connection, *, now: datetime) -> int:
    return await execute(db, "DELETE FROM idempotency_keys WHERE created_at < %(now)s - interval '24 hours'", now=now)


async def delete_keys_of_user(db: Connection, user_id: UUID) -> int:
    return await execute(db, "DELETE FROM idempotency_keys WHERE user_id = %(user_id)s", user_id=user_id)
