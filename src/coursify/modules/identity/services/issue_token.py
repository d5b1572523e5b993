"""Issues a one-time token. It replaces the live one, so there is one per user and purpose."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from coursify.core.crypto import digest
from coursify.core.database import Connection
from coursify.modules.identity.models import TOKEN_LIFETIME, Purpose
from coursify.modules.identity.queries import one_time_tokens
from coursify.modules.identity.tokens import one_time_token
from coursify.modules.users.models import User, canonical_email


async def issue_token(
    db: Connection, *, user: User, purpose: Purpose, server_key: bytes, now: datetime, new_email: str | None = None
) -> UUID:
    """Returns the id of the token, from which the email computes its link. Bound to the current email address."""
    token_id = uuid4()
    await one_time_tokens.invalidate_tokens(db, user_id=user.id, purposes=[purpose], now=now)
    await one_time_tokens.insert_one_time_token(
        db,
        token_id=token_id,
        user_id=user.id,
        purpose=purpose,
        token_hash=digest(one_time_token(server_key, token_id)),
        email_canonical=canonical_email(user.email or ""),
        new_email=new_email,
        expires_at=now + TOKEN_LIFETIME[purpose],
        now=now,
    )
    return token_id
