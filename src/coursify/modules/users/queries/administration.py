"""What admins see of people and do to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.caller import Role
from coursify.core.database import Connection, fetch_all, fetch_one, fetch_value, fetch_values
from coursify.modules.users.models import AuditEntry, Status, User

_USER = "id, email, name, bio, avatar_url, role, status, email_verified_at, created_at"
_SEARCH = "(lower(name) LIKE %(pattern)s OR email_canonical LIKE %(pattern)s)"
_AUDIT = "id, actor_id, action, target_type, target_id, details, request_id, at"
_COUNTED = 10_001


async def lock_active_admins(db: Connection) -> list[UUID]:
    """Always in one order, so that two admins who demote each other wait instead of deadlocking."""
    return await fetch_values(
        db,
        UUID,
        "SELECT id FROM users WHERE role = 'admin' AND status = 'active' ORDER BY id FOR NO KEY UPDATE",
    )


async def set_role_and_status(db: Connection, user_id: UUID, *, role: Role, status: Status, now: datetime) -> User:
    return await fetch_one(
        db,
        User,
        f"""
        UPDATE users SET role = %(role)s, status = %(status)s, updated_at = %(now)s
        WHERE id = %(user_id)s RETURNING {_USER}
        """,
        user_id=user_id,
        role=role,
        status=status,
        now=now,
    )


async def list_users(
    db: Connection,
    *,
    role: Role | None = None,
    status: Status | None = None,
    pattern: str | None = None,
    before_id: UUID | None = None,
    limit: int,
    offset: int = 0,
) -> list[User]:
    """Newest first; `pattern` is a LIKE pattern in lower case."""
    where = _where(role=role, status=status, pattern=pattern, before_id=before_id)
    return await fetch_all(
        db,
        User,
        f"SELECT {_USER} FROM users {where} ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s",
        **_given(role=role, status=status, pattern=pattern, before_id=before_id),
        limit=limit,
        offset=offset,
    )


async def count_users(
    db: Connection, *, role: Role | None = None, status: Status | None = None, pattern: str | None = None
) -> int:
    """Exact up to 10,000; above, 10,001."""
    where = _where(role=role, status=status, pattern=pattern)
    return await fetch_value(
        db,
        int,
        f"SELECT count(*) FROM (SELECT FROM users {where} LIMIT {_COUNTED}) AS counted",
        **_given(role=role, status=status, pattern=pattern),
    )


def _where(**filters: object) -> str:
    conditions = {
        "role": "role = %(role)s",
        "status": "status = %(status)s",
        "pattern": _SEARCH,
        "before_id": "id < %(before_id)s",
    }
    given = [conditions[name] for name, value in filters.items() if value is not None]
    return f"WHERE {' AND '.join(given)}" if given else ""


def _given(**filters: object) -> dict[str, object]:
    return {name: value for name, value in filters.items() if value is not None}


async def list_audit_entries(
    db: Connection,
    *,
    actor_id: UUID | None = None,
    target_id: UUID | None = None,
    action: str | None = None,
    before_id: int | None = None,
    limit: int,
    offset: int = 0,
) -> list[AuditEntry]:
    """Newest first."""
    where = _audit_where(actor_id=actor_id, target_id=target_id, action=action, before_id=before_id)
    return await fetch_all(
        db,
        AuditEntry,
        f"SELECT {_AUDIT} FROM audit_log {where} ORDER BY id DESC LIMIT %(limit)s OFFSET %(offset)s",
        **_given(actor_id=actor_id, target_id=target_id, action=action, before_id=before_id),
        limit=limit,
        offset=offset,
    )


async def count_audit_entries(
    db: Connection, *, actor_id: UUID | None = None, target_id: UUID | None = None, action: str | None = None
) -> int:
    """Exact up to 10,000; above, 10,001."""
    where = _audit_where(actor_id=actor_id, target_id=target_id, action=action)
    return await fetch_value(
        db,
        int,
        f"SELECT count(*) FROM (SELECT FROM audit_log {where} LIMIT {_COUNTED}) AS counted",
        **_given(actor_id=actor_id, target_id=target_id, action=action),
    )


def _audit_where(**filters: object) -> str:
    conditions = {
        "actor_id": "actor_id = %(actor_id)s",
        "target_id": "target_id = %(target_id)s",
        "action": "action = %(action)s",
        "before_id": "id < %(before_id)s",
    }
    given = [conditions[name] for name, value in filters.items() if value is not None]
    return f"WHERE {' AND '.join(given)}" if given else ""
