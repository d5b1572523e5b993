"""Sessions are closed together with their live tokens; the caller holds the person's row or the session's."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.identity.queries import refresh_tokens, sessions


async def close_sessions(
    db: Connection, *, user_id: UUID, only: UUID | None = None, but: UUID | None = None, reason: str, now: datetime
) -> bool:
    """All of a person's, `only` one, or all `but` one; whether any was open."""
    if only:
        closed = await sessions.end_session(db, user_id=user_id, session_id=only, reason=reason, now=now)
    elif but:
        closed = await sessions.end_other_sessions(db, user_id=user_id, session_id=but, reason=reason, now=now)
    else:
        closed = await sessions.end_all_sessions(db, user_id=user_id, reason=reason, now=now)
    await refresh_tokens.revoke_tokens(db, session_ids=closed, now=now)
    return bool(closed)
