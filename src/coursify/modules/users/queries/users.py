"""User accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.errors import UniqueViolation

from coursify.core.caller import Role
from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional, fetch_value, fetch_values
from coursify.modules.users.errors import UserNotFound
from coursify.modules.users.models import Status, User

# As the index users_name has it. Not the cluster's LC_CTYPE: that may know no case outside of ASCII.
NAME = "casefold(coalesce(name, '') COLLATE pg_unicode_fast)"
SEARCH = f"({NAME} LIKE %(pattern)s OR email_canonical LIKE %(pattern)s)"
USER = """
    id, email, name, bio, avatar_url, avatar_path, avatar_asset_id, role, status, email_verified_at, created_at
"""


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
    """The new user, or None if the email address is taken."""
    return await fetch_optional(
        db,
        User,
        f"""
        INSERT INTO users (name, email, email_canonical, password_hash, role, email_verified_at,
                           sessions_valid_after, created_at, updated_at)
        VALUES (%(name)s, %(email)s, %(email_canonical)s, %(password_hash)s, %(role)s, %(email_verified_at)s,
                %(now)s, %(now)s, %(now)s)
        ON CONFLICT (email_canonical) DO NOTHING
        RETURNING {USER}
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
    return await fetch_optional(db, User, f"SELECT {USER} FROM users WHERE id = %(user_id)s", user_id=user_id)


async def get_user(db: Connection, user_id: UUID) -> User:
    """Includes erased users. Raises UserNotFound."""
    user = await find_user(db, user_id)
    if user is None:
        raise UserNotFound
    return user


async def list_users_by_id(db: Connection, user_ids: Sequence[UUID]) -> list[User]:
    """Those that exist among these, erased ones included."""
    return await fetch_all(db, User, f"SELECT {USER} FROM users WHERE id = ANY(%(user_ids)s)", user_ids=list(user_ids))


async def list_matching_ids(db: Connection, *, pattern: str, limit: int) -> list[UUID]:
    """The newest people whose name or address fits; `pattern` is a case-folded LIKE pattern."""
    return await fetch_values(
        db,
        UUID,
        f"SELECT id FROM users WHERE {SEARCH} ORDER BY id DESC LIMIT %(limit)s",
        pattern=pattern,
        limit=limit,
    )


async def lock_user(db: Connection, user_id: UUID) -> User:
    """FOR NO KEY UPDATE. Includes erased users. Raises UserNotFound."""
    user = await fetch_optional(
        db, User, f"SELECT {USER} FROM users WHERE id = %(user_id)s FOR NO KEY UPDATE", user_id=user_id
    )
    if user is None:
        raise UserNotFound
    return user


async def find_user_by_email(db: Connection, email_canonical: str) -> User | None:
    return await fetch_optional(
        db,
        User,
        f"SELECT {USER} FROM users WHERE email_canonical = %(email_canonical)s",
        email_canonical=email_canonical,
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
        RETURNING {USER}
        """,
        user_id=user_id,
        name=name,
        bio=bio,
        avatar_url=avatar_url,
        now=now,
    )


async def set_avatar(db: Connection, user_id: UUID, *, path: str | None, asset_id: UUID | None, now: datetime) -> User:
    """An uploaded picture, or none; it replaces an address that the user gave."""
    return await fetch_one(
        db,
        User,
        f"""
        UPDATE users SET avatar_path = %(path)s, avatar_asset_id = %(asset_id)s, avatar_url = NULL, updated_at = %(now)s
        WHERE id = %(user_id)s
        RETURNING {USER}
        """,
        user_id=user_id,
        path=path,
        asset_id=asset_id,
        now=now,
    )


async def set_password_hash(db: Connection, user_id: UUID, *, password_hash: str, now: datetime) -> int:
    return await execute(
        db,
        "UPDATE users SET password_hash = %(password_hash)s, updated_at = %(now)s WHERE id = %(user_id)s",
        user_id=user_id,
        password_hash=password_hash,
        now=now,
    )


async def reset_password_hash(db: Connection, user_id: UUID, *, password_hash: str, now: datetime) -> int:
    """Also confirms the email address, because the link was sent to it, and ends all sessions."""
    return await execute(
        db,
        """
        UPDATE users SET password_hash = %(password_hash)s, email_verified_at = coalesce(email_verified_at, %(now)s),
               sessions_valid_after = %(now)s, updated_at = %(now)s
        WHERE id = %(user_id)s
        """,
        user_id=user_id,
        password_hash=password_hash,
        now=now,
    )


async def mark_email_verified(db: Connection, user_id: UUID, *, now: datetime) -> User:
    return await fetch_one(
        db,
        User,
        f"""
        UPDATE users SET email_verified_at = coalesce(email_verified_at, %(now)s), updated_at = %(now)s
        WHERE id = %(user_id)s RETURNING {USER}
        """,
        user_id=user_id,
        now=now,
    )


async def respell_email(db: Connection, user_id: UUID, *, email: str, now: datetime) -> User:
    """Another spelling of the same address, whose canonical form stays."""
    return await fetch_one(
        db,
        User,
        f"UPDATE users SET email = %(email)s, updated_at = %(now)s WHERE id = %(user_id)s RETURNING {USER}",
        user_id=user_id,
        email=email,
        now=now,
    )


async def change_email(
    db: Connection, user_id: UUID, *, email: str, email_canonical: str, now: datetime
) -> User | None:
    """Sets a confirmed email address; None if another user has it. Of two at once, the constraint lets one through, and
    the transaction of the other can only be rolled back.
    """
    statement = f"""
        UPDATE users SET email = %(email)s, email_canonical = %(email_canonical)s, email_verified_at = %(now)s,
               updated_at = %(now)s
        WHERE id = %(user_id)s
          AND NOT EXISTS (SELECT FROM users AS other
                          WHERE other.email_canonical = %(email_canonical)s AND other.id <> %(user_id)s)
        RETURNING {USER}
    """
    try:
        return await fetch_optional(
            db, User, statement, user_id=user_id, email=email, email_canonical=email_canonical, now=now
        )
    except UniqueViolation:
        return None


async def scrub_user(db: Connection, user_id: UUID, *, now: datetime) -> int:
    """Deletes the name, the email address and everything else that identifies the user."""
    return await execute(
        db,
        """
        UPDATE users SET email = NULL, email_canonical = NULL, name = NULL, bio = NULL, avatar_url = NULL,
               avatar_path = NULL, avatar_asset_id = NULL,
               password_hash = NULL, email_verified_at = NULL, role = 'student', status = 'erased',
               erased_at = %(now)s, sessions_valid_after = %(now)s, updated_at = %(now)s
        WHERE id = %(user_id)s AND erased_at IS NULL
        """,
        user_id=user_id,
        now=now,
    )


async def lock_active_admins(db: Connection) -> list[UUID]:
    """In order of id, so that two admins who demote each other wait instead of deadlocking."""
    return await fetch_values(
        db,
        UUID,
        "SELECT id FROM users WHERE role = 'admin' AND status = 'active' ORDER BY id FOR NO KEY UPDATE",
    )


async def set_role_and_status(db: Connection, user_id: UUID, *, role: Role, status: Status, now: datetime) -> User:
    return await fetch_one(
        db,
        User,
        f"""
        UPDATE users SET role = %(role)s, status = %(status)s, updated_at = %(now)s
        WHERE id = %(user_id)s RETURNING {USER}
        """,
        user_id=user_id,
        role=role,
        status=status,
        now=now,
    )


async def list_admins_to_notify(db: Connection, *, limit: int) -> list[User]:
    """Active admins, the newest accounts first."""
    return await fetch_all(
        db,
        User,
        f"""
        SELECT {USER} FROM users WHERE role = 'admin' AND status = 'active' ORDER BY id DESC LIMIT %(limit)s
        """,
        limit=limit,
    )


async def count_active_admins(db: Connection) -> int:
    return await fetch_value(db, int, "SELECT count(*) FROM users WHERE role = 'admin' AND status = 'active'")
