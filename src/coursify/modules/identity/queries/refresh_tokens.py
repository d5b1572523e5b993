"""Refresh tokens: one chain per session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_one, fetch_optional
from coursify.modules.identity.models import RefreshToken

_REFRESH_TOKEN = "id, session_id, user_id, parent_id, issued_at, expires_at, rotated_at, revoked_at"


async def insert_refresh_token(
    db: Connection,
    *,
    token_id: UUID,
    session_id: UUID,
    user_id: UUID,
    parent_id: UUID | None,
    token_hash: bytes,
    expires_at: datetime,
    now: datetime,
) -> RefreshToken:
    return await fetch_one(
        db,
        RefreshToken,
        f"""
        INSERT INTO refresh_tokens (id, session_id, user_id, parent_id, token_hash, issued_at, expires_at)
        VALUES (%(token_id)s, %(session_id)s, %(user_id)s, %(parent_id)s, %(token_hash)s, %(now)s, %(expires_at)s)
        RETURNING {_REFRESH_TOKEN}
        """,
        token_id=token_id,
        session_id=session_id,
        user_id=user_id,
        parent_id=parent_id,
        token_hash=token_hash,
        expires_at=expires_at,
        now=now,
    )


async def find_refresh_token(db: Connection, token_hash: bytes) -> RefreshToken | None:
    return await fetch_optional(
        db,
        RefreshToken,
        f"SELECT {_REFRESH_TOKEN} FROM refresh_tokens WHERE token_hash = %(token_hash)s",
        token_hash=token_hash,
    )


async def rotate_refresh_token(db: Connection, token_hash: bytes, *, now: datetime) -> RefreshToken | None:
    """Marks a live token as used; None if it is used, revoked, expired or unknown. Of two at once, one gets None."""
    return await fetch_optional(
        db,
        RefreshToken,
        f"""
        UPDATE refresh_tokens SET rotated_at = %(now)s
        WHERE token_hash = %(token_hash)s AND rotated_at IS NULL AND revoked_at IS NULL AND expires_at > %(now)s
        RETURNING {_REFRESH_TOKEN}
        """,
        token_hash=token_hash,
        now=now,
    )


async def find_unused_child(db: Connection, parent_id: UUID) -> RefreshToken | None:
    """The successor of a used token, if it is unused itself."""
    return await fetch_optional(
        db,
        RefreshToken,
        f"""
        SELECT {_REFRESH_TOKEN} FROM refresh_tokens
        WHERE parent_id = %(parent_id)s AND rotated_at IS NULL AND revoked_at IS NULL
        """,
        parent_id=parent_id,
    )


async def revoke_tokens(db: Connection, *, session_ids: Sequence[UUID], now: datetime) -> int:
    """Revokes the live tokens of sessions that have ended. A statement of its own: it sees a token whose refresh
    committed while this transaction waited for the lock on the session.
    """
    return await execute(
        db,
        """
        UPDATE refresh_tokens SET revoked_at = %(now)s
        WHERE session_id = ANY(%(session_ids)s::uuid[]) AND rotated_at IS NULL AND revoked_at IS NULL
        """,
        session_ids=list(session_ids),
        now=now,
    )
