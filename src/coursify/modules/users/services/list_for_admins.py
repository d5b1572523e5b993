"""Lists of people and of what was done, a page at a time, newest first."""

from __future__ import annotations

import re
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.pagination import Cursors, Page
from coursify.modules.users import queries
from coursify.modules.users.models import AuditEntry, User
from coursify.modules.users.schemas import AuditQuery, UserQuery

USERS = "admin-users"
AUDIT = "audit-log"


async def list_people(db: Connection, *, query: UserQuery, cursors: Cursors) -> Page[User]:
    """`search` is matched literally, in any case, anywhere in the name or the address."""
    pattern = f"%{_literal(query.search.strip().casefold())}%" if query.search else None
    before = cursors.read(USERS, query.cursor)[0] if query.cursor else None
    people = await queries.list_users(
        db,
        role=query.role,
        status=query.status,
        pattern=pattern,
        before_id=UUID(str(before)) if before else None,
        limit=query.limit + 1,
        offset=query.offset(),
    )
    total = await queries.count_users(db, role=query.role, status=query.status, pattern=pattern)
    shown = people[: query.limit]
    return Page(shown, total, (str(shown[-1].id),) if len(people) > query.limit else None)


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
    shown = entries[: query.limit]
    return Page(shown, total, (shown[-1].id,) if len(entries) > query.limit else None)


def _literal(text: str) -> str:
    """LIKE's own signs mean themselves."""
    return re.sub(r"([\\%_])", r"\\\1", text)
