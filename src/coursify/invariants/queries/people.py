"""What must be true of sign-ins, tokens, erased people and those who administer."""

from __future__ import annotations

from datetime import datetime

from coursify.core.database import Connection, fetch_records
from coursify.invariants.models import Rows


async def sessions_with_two_tokens(db: Connection, *, now: datetime) -> Rows:
    """A sign-in has at most one live refresh token."""
    return await fetch_records(
        db,
        """
        SELECT session_id, count(*) FROM refresh_tokens
        WHERE rotated_at IS NULL AND revoked_at IS NULL AND expires_at > %(now)s
        GROUP BY session_id HAVING count(*) > 1
        """,
        now=now,
    )


async def tokens_that_outlived(db: Connection, *, now: datetime) -> Rows:
    """No live refresh token belongs to an ended sign-in, to someone not active, or to before their last change."""
    return await fetch_records(
        db,
        """
        SELECT token.id AS refresh_token_id, token.session_id
        FROM refresh_tokens AS token JOIN sessions ON sessions.id = token.session_id
        JOIN users ON users.id = token.user_id
        WHERE token.rotated_at IS NULL AND token.revoked_at IS NULL AND token.expires_at > %(now)s
          AND (sessions.revoked_at IS NOT NULL OR users.status <> 'active'
               OR sessions.created_at < users.sessions_valid_after OR token.expires_at > sessions.expires_at
               OR sessions.user_id <> token.user_id)
        """,
        now=now,
    )


async def forked_rotations(db: Connection, *, now: datetime) -> Rows:
    """A rotation never forks: a token has at most one child, of the same sign-in, issued when the parent was spent."""
    return await fetch_records(
        db,
        """
        SELECT parent_id, count(*) AS children FROM refresh_tokens WHERE parent_id IS NOT NULL
        GROUP BY parent_id HAVING count(*) > 1
        UNION ALL
        SELECT parent.id, 1 FROM refresh_tokens AS child JOIN refresh_tokens AS parent ON parent.id = child.parent_id
        WHERE parent.session_id <> child.session_id OR parent.rotated_at IS NULL
           OR child.issued_at < parent.issued_at
        """,
        now=now,
    )


async def links_twice_or_astray(db: Connection, *, now: datetime) -> Rows:
    """A person has at most one live link for each purpose, and none to reset by an address no longer theirs."""
    return await fetch_records(
        db,
        """
        SELECT user_id, purpose, count(*) FROM one_time_tokens
        WHERE used_at IS NULL AND invalidated_at IS NULL AND expires_at > %(now)s
        GROUP BY user_id, purpose HAVING count(*) > 1
        UNION ALL
        SELECT token.user_id, token.purpose, 1 FROM one_time_tokens AS token JOIN users ON users.id = token.user_id
        WHERE token.used_at IS NULL AND token.invalidated_at IS NULL AND token.expires_at > %(now)s
          AND token.purpose = 'reset_password' AND token.email_canonical_at_issue IS DISTINCT FROM users.email_canonical
        """,
        now=now,
    )


async def tokens_stored_as_they_are(db: Connection, *, now: datetime) -> Rows:
    """Of tokens and recovery codes only hashes of 32 bytes are stored."""
    return await fetch_records(
        db,
        """
        SELECT 'refresh token' AS kind, id FROM refresh_tokens WHERE octet_length(token_hash) <> 32
        UNION ALL
        SELECT 'one-time token', id FROM one_time_tokens WHERE octet_length(token_hash) <> 32
        UNION ALL
        SELECT 'recovery code', user_id FROM recovery_codes WHERE octet_length(code_hash) <> 32
        """,
        now=now,
    )


async def erased_people_with_data(db: Connection, *, now: datetime) -> Rows:
    """Who was erased has no personal data, no sign-in and no open link left."""
    return await fetch_records(
        db,
        """
        SELECT id AS user_id FROM users
        WHERE (status = 'erased' OR erased_at IS NOT NULL)
          AND (num_nonnulls(email, email_canonical, name, bio, password_hash, avatar_url, avatar_path,
                            avatar_asset_id) > 0
               OR EXISTS (SELECT FROM sessions WHERE user_id = users.id AND revoked_at IS NULL)
               OR EXISTS (SELECT FROM second_factors WHERE user_id = users.id)
               OR EXISTS (SELECT FROM one_time_tokens WHERE user_id = users.id AND used_at IS NULL
                          AND invalidated_at IS NULL AND expires_at > %(now)s))
        """,
        now=now,
    )


async def deeds_without_trace(db: Connection, *, now: datetime) -> Rows:
    """Every admin's refund, proposal, gift and approval is in the audit log; where people are, an active admin is."""
    return await fetch_records(
        db,
        """
        WITH deed AS (
            SELECT 'refund' AS kind, id,
                   CASE WHEN settled_by IS NULL THEN 'refund.create' ELSE 'refund.settle' END AS action
            FROM refunds WHERE requested_by_admin
            UNION ALL
            SELECT 'payment', payment_id, action || '.proposed' FROM refund_proposals
            UNION ALL
            SELECT 'grant', id, NULL FROM access_grants WHERE source_type = 'admin'
            UNION ALL
            SELECT 'course', id, 'course.approve' FROM courses WHERE status = 'published'
        )
        SELECT deed.kind, deed.id FROM deed WHERE NOT EXISTS (
            SELECT FROM audit_log WHERE target_type = deed.kind AND target_id = deed.id
              AND action = coalesce(deed.action, action))
        UNION ALL
        SELECT 'no active admin', NULL WHERE EXISTS (SELECT FROM users)
          AND NOT EXISTS (SELECT FROM users WHERE role = 'admin' AND status = 'active')
        """,
        now=now,
    )
