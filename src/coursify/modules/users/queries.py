"""SQL of people and their sign-ins: one function per statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional, fetch_value, find_value
from coursify.core.operations import Role
from coursify.modules.users.errors import UserNotFound
from coursify.modules.users.models import Credentials, Purpose, RefreshToken, Session, SessionState, User

_USER = "id, email, name, bio, avatar_url, role, status, email_verified_at, created_at"
_SESSION = "id, user_id, created_at, authenticated_at, last_used_at, expires_at, user_agent"
_REFRESH_TOKEN = "id, session_id, user_id, parent_id, issued_at, expires_at, rotated_at, revoked_at"


async def insert_user(
    db: Connection,
    *,
    name: str,
    email: str,
    email_canonical: str,
    password_hash: str | None,
    role: Role,
    email_verified_at: datetime | None,
    now: datetime,
) -> User | None:
    """The new person, or None when the address belongs to someone."""
    return await fetch_optional(
        db,
        User,
        f"""
        INSERT INTO users (name, email, email_canonical, password_hash, role, email_verified_at,
                           sessions_valid_after, created_at, updated_at)
        VALUES (%(name)s, %(email)s, %(email_canonical)s, %(password_hash)s, %(role)s, %(email_verified_at)s,
                %(now)s, %(now)s, %(now)s)
        ON CONFLICT (email_canonical) DO NOTHING
        RETURNING {_USER}
        """,
        name=name,
        email=email,
        email_canonical=email_canonical,
        password_hash=password_hash,
        role=role,
        email_verified_at=email_verified_at,
        now=now,
    )


async def find_user(db: Connection, user_id: UUID) -> User | None:
    return await fetch_optional(db, User, f"SELECT {_USER} FROM users WHERE id = %(user_id)s", user_id=user_id)


async def get_user(db: Connection, user_id: UUID) -> User:
    """The person, an erased one included; raises UserNotFound."""
    user = await find_user(db, user_id)
    if user is None:
        raise UserNotFound
    return user


async def lock_user(db: Connection, user_id: UUID) -> User:
    """As get_user, and nobody else changes the row until this transaction ends."""
    user = await fetch_optional(
        db, User, f"SELECT {_USER} FROM users WHERE id = %(user_id)s FOR NO KEY UPDATE", user_id=user_id
    )
    if user is None:
        raise UserNotFound
    return user


async def find_user_by_email(db: Connection, email_canonical: str) -> User | None:
    return await fetch_optional(
        db,
        User,
        f"SELECT {_USER} FROM users WHERE email_canonical = %(email_canonical)s",
        email_canonical=email_canonical,
    )


async def list_users_by_ids(db: Connection, user_ids: Sequence[UUID]) -> list[User]:
    return await fetch_all(
        db, User, f"SELECT {_USER} FROM users WHERE id = ANY(%(user_ids)s::uuid[])", user_ids=list(user_ids)
    )


async def update_profile(
    db: Connection, user_id: UUID, *, name: str | None, bio: str | None, avatar_url: str | None, now: datetime
) -> User:
    return await fetch_one(
        db,
        User,
        f"""
        UPDATE users SET name = %(name)s, bio = %(bio)s, avatar_url = %(avatar_url)s, updated_at = %(now)s
        WHERE id = %(user_id)s
        RETURNING {_USER}
        """,
        user_id=user_id,
        name=name,
        bio=bio,
        avatar_url=avatar_url,
        now=now,
    )


async def find_credentials(db: Connection, email_canonical: str) -> Credentials | None:
    return await fetch_optional(
        db,
        Credentials,
        """
        SELECT id AS user_id, password_hash, status, sessions_valid_after
        FROM users WHERE email_canonical = %(email_canonical)s
        """,
        email_canonical=email_canonical,
    )


async def share_credentials(db: Connection, user_id: UUID) -> Credentials | None:
    """Read under a share lock, so that a password change, suspension or erasure comes wholly before or after."""
    return await fetch_optional(
        db,
        Credentials,
        """
        SELECT id AS user_id, password_hash, status, sessions_valid_after
        FROM users WHERE id = %(user_id)s FOR SHARE
        """,
        user_id=user_id,
    )


async def set_password_hash(db: Connection, user_id: UUID, *, password_hash: str, now: datetime) -> int:
    return await execute(
        db,
        "UPDATE users SET password_hash = %(password_hash)s, updated_at = %(now)s WHERE id = %(user_id)s",
        user_id=user_id,
        password_hash=password_hash,
        now=now,
    )


async def insert_session(
    db: Connection, *, user_id: UUID, expires_at: datetime, user_agent: str | None, now: datetime
) -> Session:
    return await fetch_one(
        db,
        Session,
        f"""
        INSERT INTO sessions (user_id, created_at, authenticated_at, last_used_at, expires_at, user_agent)
        VALUES (%(user_id)s, %(now)s, %(now)s, %(now)s, %(expires_at)s, %(user_agent)s)
        RETURNING {_SESSION}
        """,
        user_id=user_id,
        expires_at=expires_at,
        user_agent=user_agent,
        now=now,
    )


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


async def find_session_state(db: Connection, session_id: UUID) -> SessionState | None:
    return await fetch_optional(
        db,
        SessionState,
        """
        SELECT sessions.id AS session_id, users.id AS user_id, users.role, users.status, users.email_verified_at,
               sessions.authenticated_at, sessions.created_at, sessions.expires_at, sessions.revoked_at,
               users.sessions_valid_after
        FROM sessions JOIN users ON users.id = sessions.user_id
        WHERE sessions.id = %(session_id)s
        """,
        session_id=session_id,
    )


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


async def notify_sessions(db: Connection, user_id: UUID) -> str:
    """With the commit every process forgets what it remembers of this person's sessions."""
    return await fetch_value(
        db, str, "SELECT coalesce(pg_notify('sessions', %(user_id)s)::text, '')", user_id=str(user_id)
    )
