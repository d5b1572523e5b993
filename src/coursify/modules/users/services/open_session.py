"""Someone is signed in: a session, the first refresh token of its chain, an access token."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from coursify.core.crypto import digest
from coursify.core.database import Connection
from coursify.modules.users import queries
from coursify.modules.users.desk import Desk
from coursify.modules.users.models import SESSION_IDLE, SESSION_LIFETIME, OpenedSession, User
from coursify.modules.users.tokens import device_token, first_refresh_token

MAX_USER_AGENT = 200


async def open_session(
    db: Connection,
    *,
    desk: Desk,
    user: User,
    sessions_valid_after: datetime,
    user_agent: str | None,
    now: datetime,
    device_id: UUID | None = None,
) -> OpenedSession:
    """30 days at most, 14 without use; the caller has proven who this is, under a lock on the person's row."""
    session = await queries.insert_session(
        db,
        user_id=user.id,
        expires_at=now + SESSION_LIFETIME,
        user_agent=(user_agent or "")[:MAX_USER_AGENT] or None,
        now=now,
    )
    refresh_token = first_refresh_token()
    await queries.insert_refresh_token(
        db,
        token_id=uuid4(),
        session_id=session.id,
        user_id=user.id,
        parent_id=None,
        token_hash=digest(refresh_token),
        expires_at=now + SESSION_IDLE,
        now=now,
    )
    return OpenedSession(
        user=user,
        session=session,
        access_token=desk.tokens.issue(user_id=user.id, session_id=session.id, now=now),
        refresh_token=refresh_token,
        device_token=device_token(
            desk.server_key, user_id=user.id, sessions_valid_after=sessions_valid_after, device_id=device_id
        ),
    )
