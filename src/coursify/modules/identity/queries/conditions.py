"""What it means in SQL that a sign-in is alive at the moment `%(now)s`, as `SessionState.is_alive` says."""

from __future__ import annotations

IS_ALIVE = """(
    users.status = 'active' AND sessions.revoked_at IS NULL AND sessions.expires_at > %(now)s
    AND sessions.created_at >= users.sessions_valid_after
)"""
