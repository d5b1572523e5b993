"""Lists users for admins, newest first."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.core.text import contains
from coursify.modules.users.models import User
from coursify.modules.users.queries import users
from coursify.modules.users.schemas import UserQuery


async def list_users(db: Connection, *, query: UserQuery, window: Window) -> Page[User]:
    """Matches `search` literally, in any case, anywhere in the name or the email address."""
    pattern = contains(query.search.strip().lower()) if query.search else None
    rows = await users.list_users(
        db,
        role=query.role,
        status=query.status,
        pattern=pattern,
        before_id=window.after_id,
        **window.bound(),
    )
    if window.after is None and (rows or not window.offset) and len(rows) <= window.limit:
        # The last page: a search for a rare name reads every user once, not twice.
        return cut(rows, window, total=window.offset + len(rows))
    total = await users.count_users(db, role=query.role, status=query.status, pattern=pattern)
    return cut(rows, window, total=total)
