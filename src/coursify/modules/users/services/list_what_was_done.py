"""A page of the audit log for admins, newest first."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.core.pagination import Cursors, Page, cut
from coursify.modules.users.models import AuditEntry
from coursify.modules.users.queries import audit_log
from coursify.modules.users.schemas import AuditQuery

AUDIT = "audit-log"


async def list_what_was_done(db: Connection, *, query: AuditQuery, cursors: Cursors) -> Page[AuditEntry]:
    filters = {"actor_id": query.actor_id, "target_id": query.target_id}
    before = cursors.read(AUDIT, query.cursor)[0] if query.cursor else None
    entries = await audit_log.list_audit_entries(
        db,
        **filters,
        action=query.action,
        before_id=int(before) if before else None,
        limit=query.limit + 1,
        offset=query.offset(),
    )
    total = await audit_log.count_audit_entries(db, **filters, action=query.action)
    return cut(entries, query.limit, total=total, key=lambda entry: (entry.id,))
