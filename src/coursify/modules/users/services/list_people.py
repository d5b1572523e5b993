"""A page of people for admins, newest first."""

from __future__ import annotations

import re

from coursify.core.database import Connection
from coursify.core.pagination import Page, Window, cut
from coursify.modules.users.models import User
from coursify.modules.users.queries import users
from coursify.modules.users.schemas import UserQuery


async def list_people(db: Connection, *, query: UserQuery, window: Window) -> Page[User]:
    """`search` is matched literally, in any case, anywhere in the name or the address."""
    pattern = f"%{_literal(query.search.strip().lower())}%" if query.search else None
    people = await users.list_users(
        db,
        role=query.role,
        status=query.status,
        pattern=pattern,
        before_id=window.after_id,
        **window.bound(),
    )
    total = await users.count_users(db, role=query.role, status=query.status, pattern=pattern)
    return cut(people, window, total=total)


def _literal(text: str) -> str:
    """LIKE's own signs mean themselves."""
    return re.sub(r"([\\%_])", r"\\\1", text)
