"""Lists users for admins, newest first."""

from __future__ import annotations

import re

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.users.models import User
from coursify.modules.users.queries import users
from coursify.modules.users.schemas import UserQuery


async def list_users(db: Connection, *, query: UserQuery, window: Window) -> Page[User]:
    """Matches `search` literally, in any case, anywhere in the name or the email address."""
    pattern = f"%{_literal(query.search.strip().lower())}%" if query.search else None
    rows = await users.list_users(
        db,
        role=query.role,
        status=query.status,
        pattern=pattern,
        before_id=window.after_id,
        **window.bound(),
    )
    total = await users.count_users(db, role=query.role, status=query.status, pattern=pattern)
    return cut(rows, window, total=total)


def _literal(text: str) -> str:
    """Escapes the wildcards of LIKE."""
    return re.sub(r"([\\%_])", r"\\\1", text)
