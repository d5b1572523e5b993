"""Creates a user with a unique email address. Creates no session and sends no email."""

from __future__ import annotations

from datetime import datetime

from coursify.core.caller import Role
from coursify.core.database import Connection
from coursify.modules.users.errors import EmailTaken
from coursify.modules.users.models import User, canonical_email
from coursify.modules.users.queries import users


async def create_user(
    db: Connection,
    *,
    name: str,
    email: str,
    password_hash: str | None,
    role: Role,
    now: datetime,
    email_verified_at: datetime | None = None,
) -> User:
    """Raises EmailTaken if the canonical form of the email address exists."""
    user = await users.insert_user(
        db,
        name=name,
        email=email,
        email_canonical=canonical_email(email),
        password_hash=password_hash,
        role=role,
        email_verified_at=email_verified_at,
        now=now,
    )
    if user is None:
        raise EmailTaken
    return user
