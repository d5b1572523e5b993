"""Lists users for admins, newest first unless another order is asked for."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.core.pagination import TOTAL_CAP, Page, Window, cut
from coursify.core.text import contains
from coursify.modules.users.models import PeopleOrder, User
from coursify.modules.users.queries import people
from coursify.modules.users.schemas import UserQuery


async def list_users(db: Connection, *, query: UserQuery, window: Window, order: PeopleOrder = "-joined") -> Page[User]:
    """Matches `search` literally, in any case, anywhere in the name or the email address."""
    asked = {"role": query.role, "status": query.status, "pattern": _pattern(query.search)}
    filters = {name: value for name, value in asked.items() if value is not None}
    if "pattern" in filters:
        found = await people.find_people(db, filters=filters)
        if len(found) <= TOTAL_CAP:
            rows = await people.list_found_people(db, user_ids=found, order=order, window=window)
            return cut(rows, window, total=len(found), key=people.ORDERS[order].key_of)
        total = len(found)
    else:
        total = await people.count_people(db, filters=filters)
    rows = await people.list_people_in_index_order(db, filters=filters, order=order, window=window)
    return cut(rows, window, total=total, key=people.ORDERS[order].key_of)


def _pattern(search: str | None) -> str | None:
    return contains(search.strip().casefold()) if search else None
