"""Credentials: the columns of a user that a sign-in is verified against."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, fetch_optional
from coursify.modules.identity.models import Credentials

_CREDENTIALS = "id AS user_id, password_hash, status, email_verified_at, sessions_valid_after"


async def find_credentials_by_email(db: Connection, email_canonical: str) -> Credentials | None:
    return await fetch_optional(
        db,
        Credentials,
        f"SELECT {_CREDENTIALS} FROM users WHERE email_canonical = %(email_canonical)s",
        email_canonical=email_canonical,
    )


async def find_credentials(db: Connection, user_id: UUID) -> Credentials | None:
    return await fetch_optional(
        db, Credentials, f"SELECT {_CREDENTIALS} FROM users WHERE id = %(user_id)s", user_id=user_id
    )


async def lock_credentials(db: Connection, user_id: UUID) -> Credentials | None:
    """FOR SHARE: a password change, suspension or erasure happens entirely before or entirely after."""
    return await fetch_optional(
        db, Credentials, f"SELECT {_CREDENTIALS} FROM users WHERE id = %(user_id)s FOR SHARE", user_id=user_id
    )
