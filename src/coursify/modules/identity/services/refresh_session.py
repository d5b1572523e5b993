"""Exchanges a refresh token for its one successor. A used token that is sent again ends the session.

The successor is derived from its parent. So a client that lost the response, or raced itself, gets the same one again
within 10 s, although only hashes are stored.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from coursify.core.crypto import digest
from coursify.core.database import Connection
from coursify.core.logging import log
from coursify.core.ratelimit import Bucket, reject_if_over
from coursify.modules.identity.authenticator import Authenticator
from coursify.modules.identity.errors import InvalidRefreshToken, RefreshTokenReused
from coursify.modules.identity.limits import REFRESHES_BY_SESSION
from coursify.modules.identity.models import ROTATION_GRACE, SESSION_IDLE, RefreshToken, RenewedTokens, SessionState
from coursify.modules.identity.queries import refresh_tokens, sessions
from coursify.modules.identity.services.notify_owner import notify_owner
from coursify.modules.identity.services.revoke_sessions import revoke_sessions
from coursify.modules.identity.tokens import successor_of


async def refresh_session(
    db: Connection, *, authenticator: Authenticator, refresh_token: str, now: datetime
) -> RenewedTokens:
    """Raises InvalidRefreshToken; RefreshTokenReused, the same to the client, after ending the session.

    Raises TooManyRequests for a session that is refreshed all the time.
    """
    token_hash = digest(refresh_token)
    parent = await refresh_tokens.find_refresh_token(db, token_hash)
    state = await sessions.lock_session_state(db, parent.session_id) if parent else None
    if parent is None or state is None or not state.is_alive(now):
        raise InvalidRefreshToken
    reject_if_over(authenticator.counters.count(Bucket(REFRESHES_BY_SESSION, str(state.session_id))))
    rotated = await refresh_tokens.rotate_refresh_token(db, token_hash, now=now)
    if rotated:
        child_token = await _add_child(
            db, authenticator=authenticator, parent=rotated, parent_token=refresh_token, state=state, now=now
        )
    else:
        child_token = await _reissue_child(db, authenticator=authenticator, parent_token=refresh_token, now=now)
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


async def _reissue_child(db: Connection, *, authenticator: Authenticator, parent_token: str, now: datetime) -> str:
    """Reads the token again: the request that used it has committed while this one waited for its row."""
    parent = await refresh_tokens.find_refresh_token(db, digest(parent_token))
    if parent is None or parent.rotated_at is None:
        raise InvalidRefreshToken
    child = await refresh_tokens.find_unused_child(db, parent.id)
    if child is None or now - parent.rotated_at > ROTATION_GRACE:
        await _revoke_reused(db, parent, now=now)
        raise RefreshTokenReused
    return successor_of(authenticator.server_key, parent_token, child.id)


async def _revoke_reused(db: Connection, token: RefreshToken, *, now: datetime) -> None:
    await revoke_sessions(db, user_id=token.user_id, only=token.session_id, reason="refresh token reused", now=now)
    log.warning("refresh token reused", user_id=str(token.user_id), session_id=str(token.session_id))
    await notify_owner(db, user_id=token.user_id, kind="token_reused", session_id=token.session_id, now=now)
