"""The tokens of emailed links, and the requests for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_optional, fetch_value, find_value
from coursify.modules.identity.models import LinkRequest, OneTimeToken, Purpose

_TOKEN = "id, user_id, purpose, email_canonical_at_issue, new_email, created_at, expires_at, used_at, invalidated_at"


async def insert_one_time_token(
    db: Connection,
    *,
    token_id: UUID,
    user_id: UUID,
    purpose: Purpose,
    token_hash: bytes,
    email_canonical: str,
    new_email: str | None,
    expires_at: datetime,
    now: datetime,
) -> int:
    return await execute(
        db,
        """
        INSERT INTO one_time_tokens
            (id, user_id, purpose, token_hash, email_canonical_at_issue, new_email, created_at, expires_at)
        VALUES (%(token_id)s, %(user_id)s, %(purpose)s, %(token_hash)s, %(email_canonical)s, %(new_email)s,
                %(now)s, %(expires_at)s)
        """,
        token_id=token_id,
        user_id=user_id,
        purpose=purpose,
        token_hash=token_hash,
        email_canonical=email_canonical,
        new_email=new_email,
        expires_at=expires_at,
        now=now,
    )


async def invalidate_tokens(db: Connection, *, user_id: UUID, purposes: Sequence[Purpose], now: datetime) -> int:
    return await execute(
        db,
        """
        UPDATE one_time_tokens SET invalidated_at = %(now)s
        WHERE user_id = %(user_id)s AND purpose = ANY(%(purposes)s::text[])
          AND used_at IS NULL AND invalidated_at IS NULL
        """,
        user_id=user_id,
        purposes=list(purposes),
        now=now,
    )


async def find_live_token_id(db: Connection, *, user_id: UUID, purpose: Purpose) -> UUID | None:
    return await find_value(
        db,
        UUID,
        """
        SELECT id FROM one_time_tokens
        WHERE user_id = %(user_id)s AND purpose = %(purpose)s AND used_at IS NULL AND invalidated_at IS NULL
        """,
        user_id=user_id,
        purpose=purpose,
    )


async def find_one_time_token(db: Connection, token_hash: bytes) -> OneTimeToken | None:
    return await fetch_optional(
        db,
        OneTimeToken,
        f"SELECT {_TOKEN} FROM one_time_tokens WHERE token_hash = %(token_hash)s",
        token_hash=token_hash,
    )


async def find_one_time_token_by_id(db: Connection, token_id: UUID) -> OneTimeToken | None:
    return await fetch_optional(
        db, OneTimeToken, f"SELECT {_TOKEN} FROM one_time_tokens WHERE id = %(token_id)s", token_id=token_id
    )


async def use_one_time_token(db: Connection, token_hash: bytes, *, now: datetime) -> OneTimeToken | None:
    """Marks a live token as used; None unless its user is active and still has the email address it was issued for."""
    return await fetch_optional(
        db,
        OneTimeToken,
        """
        UPDATE one_time_tokens AS token SET used_at = %(now)s
        FROM users
        WHERE token_hash = %(token_hash)s AND used_at IS NULL AND invalidated_at IS NULL AND expires_at > %(now)s
          AND users.id = token.user_id AND users.status = 'active'
          AND users.email_canonical = token.email_canonical_at_issue
        RETURNING token.id, token.user_id, token.purpose, token.email_canonical_at_issue, token.new_email,
                  token.created_at, token.expires_at, token.used_at, token.invalidated_at
        """,
        token_hash=token_hash,
        now=now,
    )


async def count_tokens_since(db: Connection, *, user_id: UUID, purpose: Purpose, since: datetime) -> int:
    return await fetch_value(
        db,
        int,
        """
        SELECT count(*) FROM one_time_tokens
        WHERE user_id = %(user_id)s AND purpose = %(purpose)s AND created_at > %(since)s
        """,
        user_id=user_id,
        purpose=purpose,
        since=since,
    )


async def insert_link_request(
    db: Connection, *, request_id: UUID, purpose: Purpose, address: bytes, now: datetime
) -> int:
    return await execute(
        db,
        """
        INSERT INTO link_requests (id, purpose, address, created_at)
        VALUES (%(request_id)s, %(purpose)s, %(address)s, %(now)s)
        """,
        request_id=request_id,
        purpose=purpose,
        address=address,
        now=now,
    )


async def delete_link_request(db: Connection, request_id: UUID) -> LinkRequest | None:
    """Deletes and returns the request."""
    return await fetch_optional(
        db,
        LinkRequest,
        "DELETE FROM link_requests WHERE id = %(request_id)s RETURNING id, purpose, address, created_at",
        request_id=request_id,
    )


async def delete_old_tokens(db: Connection, *, now: datetime) -> int:
    """Deletes tokens a month after they expired, and link requests after a day."""
    return await execute(
        db,
        """
        WITH requests AS (DELETE FROM link_requests WHERE created_at < %(now)s - interval '1 day')
        DELETE FROM one_time_tokens WHERE expires_at < %(now)s - interval '30 days'
        """,
        now=now,
    )
