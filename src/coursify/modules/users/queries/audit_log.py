"""The entries of the audit log."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_value
from coursify.core.pagination import TOTAL_CAP
from coursify.modules.users.models import AuditEntry, AuditOrder

_AUDIT = "id, actor_id, action, target_type, target_id, details, request_id, at"


async def list_audit_entries(
    db: Connection,
    *,
    actor_id: UUID | None = None,
    target_id: UUID | None = None,
    action: str | None = None,
    order: AuditOrder = "-at",
    after_id: int | None = None,
    limit: int,
    offset: int = 0,
) -> list[AuditEntry]:
    """Entries get their id in the order of time, or nearly: the order is the id's."""
    is_newest_first = order == "-at"
    after = {"before_id" if is_newest_first else "after_id": after_id}
    where = _where(actor_id=actor_id, target_id=target_id, action=action, **after)
    return await fetch_all(
        db,
        AuditEntry,
        f"""
        SELECT {_AUDIT} FROM audit_log {where}
        ORDER BY id {"DESC" if is_newest_first else ""} LIMIT %(limit)s OFFSET %(offset)s
        """,
        actor_id=actor_id,
        target_id=target_id,
        action=action,
        **after,
        limit=limit,
        offset=offset,
    )


async def count_audit_entries(
    db: Connection, *, actor_id: UUID | None = None, target_id: UUID | None = None, action: str | None = None
) -> int:
    """How many there are, up to one more than the cap."""
    where = _where(actor_id=actor_id, target_id=target_id, action=action)
    return await fetch_value(
        db,
        int,
        f"SELECT count(*) FROM (SELECT FROM audit_log {where} LIMIT {TOTAL_CAP + 1}) AS capped",
        actor_id=actor_id,
        target_id=target_id,
        action=action,
    )


def _where(**filters: object) -> str:
    conditions = {
        "actor_id": "actor_id = %(actor_id)s",
        "target_id": "target_id = %(target_id)s",
        "action": "action = %(action)s",
        "before_id": "id < %(before_id)s",
        "after_id": "id > %(after_id)s",
    }
    given = [conditions[name] for name, value in filters.items() if value is not None]
    return f"WHERE {' AND '.join(given)}" if given else ""
