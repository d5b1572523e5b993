"""Sessions: one row per sign-in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import (
    Connection,
    execute,
    fetch_all,
    fetch_one,
    fetch_optional,
    fetch_value,
    fetch_values,
)
from coursify.modules.identity.models import Session, SessionState

_SESSION = "id, user_id, created_at, authenticated_at, last_used_at, expires_at, user_agent"
_STATE = """
    SELECT sessions.id AS session_id, users.id AS user_id, users.role, users.status, users.email_verified_at,
           EXISTS (SELECT FROM second_factors WHERE second_factors.user_id = users.id AND confirmed_at IS NOT NULL)
               AS has_second_factor,
           sessions.authenticated_at, sessions.created_at, sessions.expires_at, sessions.revoked_at,
           users.sessions_valid_after
    FROM sessions JOIN users ON users.id = sessions.user_id
    WHERE sessions.id = %(session_id)s
"""


async def insert_session(
    db: Connection, *, user_id: UUID, expires_at: datetime, user_agent: str | None, now: datetime
) -> Session:
    return await fetch_one(
        db,
        Session,
        f"""
        INSERT INTO sessions (user_id, created_at, authenticated_at, last_used_at, expires_at, user_agent)
        VALUES (%(user_id)s, %(now)s, %(now)s, %(now)s, %(expires_at)s, %(user_agent)s)
        RETURNING {_SESSION}
        """,
        user_id=user_id,
        expires_at=expires_at,
        user_agent=user_agent,
        now=now,
    )


async def list_live_sessions(db: Connection, *, user_id: UUID, now: datetime) -> list[Session]:
    return await fetch_all(
        db,
        Session,
        f"""
        SELECT {_SESSION} FROM sessions
        WHERE user_id = %(user_id)s AND revoked_at IS NULL AND expires_at > %(now)s
          AND EXISTS (SELECT FROM refresh_tokens WHERE session_id = sessions.id
                      AND rotated_at IS NULL AND revoked_at IS NULL AND refresh_tokens.expires_at > %(now)s)
        ORDER BY last_used_at DESC, id DESC
        LIMIT 200
        """,
        user_id=user_id,
        now=now,
    )


async def find_session_state(db: Connection, session_id: UUID) -> SessionState | None:
    return await fetch_optional(db, SessionState, _STATE, session_id=session_id)


async def lock_session_state(db: Connection, session_id: UUID) -> SessionState | None:
    """FOR SHARE of the user, then FOR NO KEY UPDATE of the session. Services that end sessions lock in the same order,
    so they happen entirely before or entirely after.
    """
    locks = "FOR SHARE OF users FOR NO KEY UPDATE OF sessions"
    return await fetch_optional(db, SessionState, _STATE + locks, session_id=session_id)


async def touch_session(db: Connection, session_id: UUID, *, now: datetime) -> int:
    return await execute(
        db,
        "UPDATE sessions SET last_used_at = %(now)s WHERE id = %(session_id)s AND last_used_at < %(now)s",
        session_id=session_id,
        now=now,
    )


async def mark_stepped_up(db: Connection, session_id: UUID, *, now: datetime) -> int:
    return await execute(
        db,
        "UPDATE sessions SET authenticated_at = %(now)s WHERE id = %(session_id)s AND revoked_at IS NULL",
        session_id=session_id,
        now=now,
    )


async def has_other_sessions(db: Connection, *, user_id: UUID, session_id: UUID) -> bool:
    return await fetch_value(
        db,
        bool,
        "SELECT EXISTS (SELECT FROM sessions WHERE user_id = %(user_id)s AND id <> %(session_id)s)",
        user_id=user_id,
        session_id=session_id,
    )


async def revoke_session(db: Connection, *, user_id: UUID, session_id: UUID, reason: str, now: datetime) -> list[UUID]:
    return await fetch_values(
        db, UUID, _revoke("AND id = %(session_id)s"), user_id=user_id, session_id=session_id, reason=reason, now=now
    )


async def revoke_other_sessions(
    db: Connection, *, user_id: UUID, session_id: UUID, reason: str, now: datetime
) -> list[UUID]:
    return await fetch_values(
        db, UUID, _revoke("AND id <> %(session_id)s"), user_id=user_id, session_id=session_id, reason=reason, now=now
    )


async def revoke_all_sessions(db: Connection, *, user_id: UUID, reason: str, now: datetime) -> list[UUID]:
    return await fetch_values(db, UUID, _revoke(""), user_id=user_id, reason=reason, now=now)


def _revoke(condition: str) -> str:
    """Returns the ids of the revoked sessions, and notifies every process's cache with the commit."""
    return f"""
        WITH revoked AS (
            UPDATE sessions SET revoked_at = %(now)s, revoked_reason = %(reason)s
            WHERE user_id = %(user_id)s AND revoked_at IS NULL {condition}
            RETURNING id
        ), notified AS (
            SELECT pg_notify('sessions', %(user_id)s::uuid::text)
        )
        SELECT id FROM revoked, notified
    """


async def notify_session_change(db: Connection, user_id: UUID) -> int:
    """With the commit every process removes this user's sessions from its cache."""
    return await execute(db, "SELECT pg_notify('sessions', %(user_id)s::uuid::text)", user_id=user_id)


async def listen_for_session_changes(db: Connection) -> int:
    """Subscribes this connection to the notifications of revoked and changed sessions."""
    return await execute(db, "LISTEN sessions")


async def delete_old_sessions(db: Connection, *, limit: int, now: datetime) -> int:
    """Deletes sessions a month after they ended. Their security events stay, without the reference."""
    return await execute(
        db,
        """
        WITH old AS (
            SELECT id FROM sessions
            WHERE expires_at < %(now)s - interval '30 days' OR revoked_at < %(now)s - interval '30 days'
            LIMIT %(limit)s
        ), events AS (
            UPDATE security_events SET session_id = NULL FROM old WHERE session_id = old.id
        ), tokens AS (
            DELETE FROM refresh_tokens USING old WHERE session_id = old.id
        )
        DELETE FROM sessions USING old WHERE sessions.id = old.id
        """,
        limit=limit,
        now=now,
    )


async def delete_sign_in_data(db: Connection, user_id: UUID) -> int:
    """Deletes the links, second factors and recovery codes of a user, and the devices in the sessions."""
    return await execute(
        db,
        """
        WITH links AS (DELETE FROM one_time_tokens WHERE user_id = %(user_id)s),
             factors AS (DELETE FROM second_factors WHERE user_id = %(user_id)s),
             codes AS (DELETE FROM recovery_codes WHERE user_id = %(user_id)s)
        UPDATE sessions SET user_agent = NULL WHERE user_id = %(user_id)s
        """,
        user_id=user_id,
    )
