"""SQL of playback sessions: opened, ended, counted while Redis is away, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_one, fetch_optional, fetch_values
from coursify.modules.playback.models import PlaybackSession, Viewer

_SESSION: Final = """
    id, user_id, account, lesson_id, asset_id, viewer_mark, device, created_at, expires_at, ended_at
"""


async def insert_session(
    db: Connection,
    *,
    user_id: UUID | None,
    sign_in_id: UUID | None,
    account: str,
    lesson_id: UUID,
    course_id: UUID,
    asset_id: UUID,
    viewer_mark: str,
    device: str,
    expires_at: datetime,
    now: datetime,
) -> PlaybackSession:
    """A session that has no slot yet."""
    return await fetch_one(
        db,
        PlaybackSession,
        f"""
        INSERT INTO playback_sessions (user_id, sign_in_id, account, lesson_id, course_id, asset_id, viewer_mark,
                                       device, expires_at, created_at)
        VALUES (%(user_id)s, %(sign_in_id)s, %(account)s, %(lesson_id)s, %(course_id)s, %(asset_id)s,
                %(viewer_mark)s, %(device)s, %(expires_at)s, %(now)s)
        RETURNING {_SESSION}
        """,
        user_id=user_id,
        sign_in_id=sign_in_id,
        account=account,
        lesson_id=lesson_id,
        course_id=course_id,
        asset_id=asset_id,
        viewer_mark=viewer_mark,
        device=device,
        expires_at=expires_at,
        now=now,
    )


async def delete_session(db: Connection, playback_id: UUID) -> int:
    """Delete a session that got no slot."""
    return await execute(db, "DELETE FROM playback_sessions WHERE id = %(playback_id)s", playback_id=playback_id)


async def list_sessions(db: Connection, playback_ids: Sequence[UUID]) -> list[PlaybackSession]:
    """Those that have not ended, oldest first."""
    return await fetch_all(
        db,
        PlaybackSession,
        f"""
        SELECT {_SESSION} FROM playback_sessions
        WHERE id = ANY(%(playback_ids)s::uuid[]) AND ended_at IS NULL ORDER BY id
        """,
        playback_ids=list(playback_ids),
    )


async def end_session(db: Connection, playback_id: UUID, *, user_id: UUID, now: datetime) -> PlaybackSession | None:
    """End a person's session; None when they have none of this id. The first end counts."""
    return await fetch_optional(
        db,
        PlaybackSession,
        f"""
        UPDATE playback_sessions SET ended_at = coalesce(ended_at, %(now)s)
        WHERE id = %(playback_id)s AND user_id = %(user_id)s
        RETURNING {_SESSION}
        """,
        playback_id=playback_id,
        user_id=user_id,
        now=now,
    )


async def end_sessions(db: Connection, playback_ids: Sequence[UUID], *, now: datetime) -> int:
    """End sessions for good. The first end counts."""
    return await execute(
        db,
        """
        UPDATE playback_sessions SET ended_at = %(now)s
        WHERE id = ANY(%(playback_ids)s::uuid[]) AND ended_at IS NULL
        """,
        playback_ids=list(playback_ids),
        now=now,
    )


async def lock_slots(db: Connection, account: str) -> int:
    """Nobody else counts the slots of this account until this transaction ends."""
    return await execute(db, "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))", name=f"slots:{account}")


async def list_slot_holders(db: Connection, account: str, *, since: datetime) -> list[UUID]:
    """The sessions of an account that asked for a key or range since then."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT id FROM playback_sessions
        WHERE account = %(account)s AND ended_at IS NULL AND last_used_at > %(since)s
        """,
        account=account,
        since=since,
    )


async def mark_session_used(db: Connection, playback_id: UUID, *, now: datetime) -> int:
    return await execute(
        db,
        "UPDATE playback_sessions SET last_used_at = %(now)s WHERE id = %(playback_id)s",
        playback_id=playback_id,
        now=now,
    )


async def find_viewer(db: Connection, viewer_mark: str) -> Viewer | None:
    return await fetch_optional(
        db,
        Viewer,
        """
        SELECT playback.id, playback.viewer_mark, playback.user_id, users.name, users.email, playback.course_id,
               playback.lesson_id, playback.device, playback.created_at, playback.ended_at
        FROM playback_sessions AS playback LEFT JOIN users ON users.id = playback.user_id
        WHERE playback.viewer_mark = %(viewer_mark)s
        """,
        viewer_mark=viewer_mark,
    )


async def delete_old_sessions(db: Connection, *, before: datetime, limit: int) -> int:
    """Delete sessions that expired before this time; one that ended earlier waits for its expiry, 12 hours at most."""
    return await execute(
        db,
        """
        DELETE FROM playback_sessions WHERE id IN (
            SELECT id FROM playback_sessions WHERE expires_at < %(before)s ORDER BY expires_at LIMIT %(limit)s
        )
        """,
        before=before,
        limit=limit,
    )


async def delete_sessions_of(db: Connection, user_id: UUID) -> int:
    return await execute(db, "DELETE FROM playback_sessions WHERE user_id = %(user_id)s", user_id=user_id)
