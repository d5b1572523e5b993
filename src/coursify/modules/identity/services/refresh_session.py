"""A refresh token is spent for its one successor; a spent one that comes back ends the session.

The successor is derived from the parent, so that an honest client that lost the answer, or raced itself, is given
the same one again within 10 s, while nothing but hashes is stored.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from coursify.core.crypto import digest
from coursify.core.database import Connection
from coursify.core.logging import log
from coursify.modules.identity.authenticator import Authenticator
from coursify.modules.identity.errors import InvalidRefreshToken, RefreshTokenReused
from coursify.modules.identity.models import ROTATION_GRACE, SESSION_IDLE, RefreshToken, RenewedTokens, SessionState
from coursify.modules.identity.queries import refresh_tokens, sessions
from coursify.modules.identity.services.close_sessions import close_sessions
from coursify.modules.identity.services.notify_owner import notify_owner
from coursify.modules.identity.tokens import successor_of


async def refresh_session(
    db: Connection, *, authenticator: Authenticator, refresh_token: str, now: datetime
) -> RenewedTokens:
    """Raises InvalidRefreshToken, and RefreshTokenReused (the same to the client) after ending the session."""
    token_hash = digest(refresh_token)
    parent = await refresh_tokens.find_refresh_token(db, token_hash)
    state = await sessions.lock_session_state(db, parent.session_id) if parent else None
    if parent is None or state is None or not state.is_alive(now):
        raise InvalidRefreshToken
    spent = await refresh_tokens.rotate_refresh_token(db, token_hash, now=now)
    if spent:
        child_token = await _add_child(
            db, authenticator=authenticator, parent=spent, parent_token=refresh_token, state=state, now=now
        )
    else:
        child_token = await _child_again(db, authenticator=authenticator, parent_token=refresh_token, now=now)
    access_token = authenticator.tokens.issue(user_id=state.user_id, session_id=state.session_id, now=now)
    return RenewedTokens(access_token, child_token)


async def _add_child(
    db: Connection,
    *,
    authenticator: Authenticator,
    parent: RefreshToken,
    parent_token: str,
    state: SessionState,
    now: datetime,
) -> str:
    child_id = uuid4()
    child_token = successor_of(authenticator.server_key, parent_token, child_id)
    await refresh_tokens.insert_refresh_token(
        db,
        token_id=child_id,
        session_id=parent.session_id,
        user_id=parent.user_id,
        parent_id=parent.id,
        token_hash=digest(child_token),
        expires_at=min(now + SESSION_IDLE, state.expires_at),
        now=now,
    )
    await sessions.touch_session(db, parent.session_id, now=now)
    return child_token


async def _child_again(db: Connection, *, authenticator: Authenticator, parent_token: str, now: datetime) -> str:
    """Read afresh: whoever spent the token while we waited for its row has committed by now."""
    parent = await refresh_tokens.find_refresh_token(db, digest(parent_token))
    if parent is None or parent.rotated_at is None:
        raise InvalidRefreshToken
    child = await refresh_tokens.find_unused_child(db, parent.id)
    if child is None or now - parent.rotated_at > ROTATION_GRACE:
        await _end_family(db, parent, now=now)
        raise RefreshTokenReused
    return successor_of(authenticator.server_key, parent_token, child.id)


async def _end_family(db: Connection, token: RefreshToken, *, now: datetime) -> None:
    await close_sessions(db, user_id=token.user_id, only=token.session_id, reason="refresh token reused", now=now)
    log.warning("refresh token reused", user_id=str(token.user_id), session_id=str(token.session_id))
    await notify_owner(db, user_id=token.user_id, kind="token_reused", session_id=token.session_id, now=now)
