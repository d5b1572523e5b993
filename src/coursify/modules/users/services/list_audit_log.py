"""Lists the audit log for admins, newest first unless the oldest are asked for."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.users.models import AuditEntry, AuditOrder
from coursify.modules.users.queries import audit_log
from coursify.modules.users.schemas import AuditQuery


async def list_audit_log(
    db: Connection, *, query: AuditQuery, window: Window, order: AuditOrder = "-at"
) -> Page[AuditEntry]:
    filters = {"actor_id": query.actor_id, "target_id": query.target_id}
    entries = await audit_log.list_audit_entries(
        db,
        **filters,
        action=query.action,
        order=order,
        after_id=int(window.after[0]) if window.after else None,
        **window.bound(),
    )
    total = await audit_log.count_audit_entries(db, **filters, action=query.action)
    return cut(entries, window, total=total, key=lambda entry: (entry.id,))
