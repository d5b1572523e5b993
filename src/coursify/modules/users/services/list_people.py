"""A page of people for admins, newest first."""

from __future__ import annotations

import re

from coursify.core.database import Connection
from coursify.core.pagination import Cursors, Page, cut, id_before, id_key
from coursify.modules.users.models import User
from coursify.modules.users.queries import users
from coursify.modules.users.schemas import UserQuery

USERS = "admin-users"


async def list_people(db: Connection, *, query: UserQuery, cursors: Cursors) -> Page[User]:
    """`search` is matched literally, in any case, anywhere in the name or the address."""
    pattern = f"%{_literal(query.search.strip().lower())}%" if query.search else None
    people = await users.list_users(
        db,
        role=query.role,
        status=query.status,
        pattern=pattern,
        before_id=id_before(query, cursors, USERS),
        limit=query.limit + 1,
        offset=query.offset(),
    )
    total = await users.count_users(db, role=query.role, status=query.status, pattern=pattern)
    return cut(people, query.limit, total=total, key=id_key)


def _literal(text: str) -> str:
    """LIKE's own signs mean themselves."""
    return re.sub(r"([\\%_])", r"\\\1", text)
