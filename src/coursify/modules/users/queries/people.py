"""SQL of the lists of people that admins search and sort. A statement has only the conditions that were asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from coursify.core.database import Connection, fetch_all, fetch_value, fetch_values
from coursify.core.ordering import Order, bind_key
from coursify.core.pagination import TOTAL_CAP, Window
from coursify.modules.users.models import PeopleOrder, User
from coursify.modules.users.queries.users import NAME, SEARCH, USER

_NAME_AFTER: Final = f"(SELECT {NAME} FROM users WHERE id = %(after_0)s::uuid), %(after_0)s::uuid"
FILTERS: Final = {
    "role": "role = %(role)s",
    "status": "status = %(status)s",
    "pattern": SEARCH,
}
ORDERS: Final[dict[PeopleOrder, Order]] = {
    "-joined": Order("id DESC", "id < %(after_0)s::uuid", ("id",)),
    "joined": Order("id", "id > %(after_0)s::uuid", ("id",)),
    "name": Order(f"{NAME}, id", f"({NAME}, id) > ({_NAME_AFTER})", ("id",)),
    "-name": Order(f"{NAME} DESC, id DESC", f"({NAME}, id) < ({_NAME_AFTER})", ("id",)),
}


async def list_people_in_index_order(
    db: Connection, *, filters: dict[str, Any], order: PeopleOrder, window: Window
) -> list[User]:
    """Reads the order's index until the page is full: for a list, and for a search that many fit."""
    return await fetch_all(
        db,
        User,
        compose_list(filters.keys(), order, is_continued=window.after is not None),
        **filters,
        **bind_key(window),
    )


async def find_people(db: Connection, *, filters: dict[str, Any]) -> list[UUID]:
    """Everybody who fits, up to one more than the cap, in no order: one pass over the table, however rare they are."""
    return await fetch_values(
        db, UUID, f"SELECT id FROM users WHERE {_where(filters)} LIMIT {TOTAL_CAP + 1}", **filters
    )


async def list_found_people(
    db: Connection, *, user_ids: Sequence[UUID], order: PeopleOrder, window: Window
) -> list[User]:
    """A page of these people."""
    return await fetch_all(
        db,
        User,
        f"""
        SELECT {USER} FROM users
        WHERE id = ANY(%(user_ids)s) {f"AND {ORDERS[order].after}" if window.after else ""}
        ORDER BY {ORDERS[order].columns} LIMIT %(limit)s OFFSET %(offset)s
        """,
        user_ids=list(user_ids),
        **bind_key(window),
    )


async def count_people(db: Connection, *, filters: dict[str, Any]) -> int:
    """How many there are, up to one more than the cap."""
    return await fetch_value(
        db,
        int,
        f"SELECT count(*) FROM (SELECT FROM users WHERE {_where(filters)} LIMIT {TOTAL_CAP + 1}) AS capped",
        **filters,
    )


def compose_list(filters: Collection[str], order: PeopleOrder, *, is_continued: bool) -> str:
    """The index has every column of the filters: only the rows of the page are fetched from the table."""
    after = f"AND {ORDERS[order].after}" if is_continued else ""
    return f"""
        SELECT {USER} FROM users JOIN (
            SELECT id AS found_id FROM users WHERE {_where(filters)} {after}
            ORDER BY {ORDERS[order].columns} LIMIT %(limit)s OFFSET %(offset)s
        ) AS page ON found_id = id
        ORDER BY {ORDERS[order].columns}
    """


def _where(filters: Collection[str]) -> str:
    return " AND ".join(FILTERS[name] for name in sorted(filters)) or "true"
