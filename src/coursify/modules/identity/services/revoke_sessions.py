"""Revokes sessions with their live tokens. The caller has locked the user's row or the session's."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.identity.queries import refresh_tokens, sessions


async def revoke_sessions(
    db: Connection, *, user_id: UUID, only: UUID | None = None, keep: UUID | None = None, reason: str, now: datetime
) -> bool:
    """Revokes all sessions of a user, `only` one, or all except `keep`. Returns whether any was active."""
    if only:
        revoked = await sessions.revoke_session(db, user_id=user_id, session_id=only, reason=reason, now=now)
    elif keep:
        revoked = await sessions.revoke_other_sessions(db, user_id=user_id, session_id=keep, reason=reason, now=now)
    else:
        revoked = await sessions.revoke_all_sessions(db, user_id=user_id, reason=reason, now=now)
    await refresh_tokens.revoke_tokens(db, session_ids=revoked, now=now)
    return bool(revoked)
