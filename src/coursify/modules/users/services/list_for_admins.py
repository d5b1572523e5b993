"""Lists of people and of what was done, a page at a time, newest first."""

from __future__ import annotations

import re

from coursify.core.database import Connection
from coursify.core.pagination import Cursors, Page, cut, id_before, id_key
from coursify.modules.users import queries
from coursify.modules.users.models import AuditEntry, User
from coursify.modules.users.schemas import AuditQuery, UserQuery

USERS = "admin-users"
AUDIT = "audit-log"


async def list_people(db: Connection, *, query: UserQuery, cursors: Cursors) -> Page[User]:
    """`search` is matched literally, in any case, anywhere in the name or the address."""
    pattern = f"%{_literal(query.search.strip().casefold())}%" if query.search else None
    people = await queries.list_users(
        db,
        role=query.role,
        status=query.status,
        pattern=pattern,
        before_id=id_before(query, cursors, USERS),
        limit=query.limit + 1,
        offset=query.offset(),
    )
    total = await queries.count_users(db, role=query.role, status=query.status, pattern=pattern)
    return cut(people, query.limit, total=total, key=id_key)


async def list_what_was_done(db: Connection, *, query: AuditQuery, cursors: Cursors) -> Page[AuditEntry]:
    filters = {"actor_id": query.actor_id, "target_id": query.target_id}
    before = cursors.read(AUDIT, query.cursor)[0] if query.cursor else None
    entries = await queries.list_audit_entries(
        db,
        **filters,
        action=query.action,
        before_id=int(before) if before else None,
        limit=query.limit + 1,
        offset=query.offset(),
    )
    total = await queries.count_audit_entries(db, **filters, action=query.action)
    return cut(entries, query.limit, total=total, key=lambda entry: (entry.id,))


def _literal(text: str) -> str:
    """LIKE's own signs mean themselves."""
    return re.sub(r"([\\%_])", r"\\\1", text)
