"""Creates a session with its first refresh token and access token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from coursify.core.crypto import digest
from coursify.core.database import Connection
from coursify.modules.identity.authenticator import Authenticator
from coursify.modules.identity.models import SESSION_IDLE, SESSION_LIFETIME, Credentials, OpenedSession
from coursify.modules.identity.queries import refresh_tokens, sessions
from coursify.modules.identity.services.notify_owner import notify_owner
from coursify.modules.identity.tokens import device_token, first_refresh_token
from coursify.modules.users.queries import users

MAX_USER_AGENT = 200


@dataclass(frozen=True, slots=True)
class Device:
    """The device of a sign-in; `known_id` if its device token was verified."""

    user_agent: str | None
    known_id: UUID | None = None


async def open_session(
    db: Connection, *, authenticator: Authenticator, credentials: Credentials, device: Device, now: datetime
) -> OpenedSession:
    """Valid for 30 days, or 14 days without use. The caller has authenticated the user and locked the row."""
    user_id = credentials.user_id
    session = await sessions.insert_session(
        db,
        user_id=user_id,
        expires_at=now + SESSION_LIFETIME,
        user_agent=_printable(device.user_agent),
        now=now,
    )
    refresh_token = first_refresh_token()
    await refresh_tokens.insert_refresh_token(
        db,
        token_id=uuid4(),
        session_id=session.id,
        user_id=user_id,
        parent_id=None,
        token_hash=digest(refresh_token),
        expires_at=now + SESSION_IDLE,
        now=now,
    )
    if device.known_id is None and await sessions.has_other_sessions(db, user_id=user_id, session_id=session.id):
        await notify_owner(db, user_id=user_id, kind="new_device", session_id=session.id, now=now)
    return OpenedSession(
        user=await users.get_user(db, user_id),
        session=session,
        access_token=authenticator.tokens.issue(user_id=user_id, session_id=session.id, now=now),
        refresh_token=refresh_token,
        device_token=device_token(
            authenticator.server_key,
            user_id=user_id,
            sessions_valid_after=credentials.sessions_valid_after,
            device_id=device.known_id,
        ),
    )


def _printable(user_agent: str | None) -> str | None:
    text = "".join(char for char in user_agent or "" if char.isprintable())
    return text[:MAX_USER_AGENT] or None
